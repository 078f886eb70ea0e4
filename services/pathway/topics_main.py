"""The command `pathway topics`."""

import typer
from plumbing.settings import load_or_exit

from pathway import topics
from pathway.saying import Failed, say
from pathway.topics import BrokersAway, TopicSettings, TopicsWrong

topics_commands = typer.Typer(help="The two Kafka topics.", no_args_is_help=True)


@topics_commands.command("create")
def create() -> None:
    """Make the events topic and the state topic, 12 partitions each, where they are not there yet."""
    settings = load_or_exit(TopicSettings)
    try:
        made = topics.create(settings)
    except (BrokersAway, TopicsWrong) as wrong:
        raise Failed(str(wrong)) from None
    for name in settings.topics:
        say.print(f"{name}: {'made' if name in made else 'was there'}", markup=False)
