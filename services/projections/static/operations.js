// A page that nobody looks at asks nothing: the next look comes when its tab is shown again.
document.addEventListener("htmx:before:request", (event) => {
  if (document.hidden && event.target.id === "running") event.preventDefault();
});
