"""What is refused of a merge of two pathways; see `refusals`."""

from pathway.domain.refusals import Refused


class Merged(Refused):
    """The pathway was merged into another one."""

    rule = "pathway-merged"


class NotOnePerson(Refused):
    """These pathways are not of one person."""

    rule = "not-one-person"


class NotMergeable(Refused):
    """These pathways cannot be merged in this way."""

    rule = "not-mergeable"


class NeverMerged(Refused):
    """These pathways are not merged."""

    rule = "never-merged"


class MergeInUse(Refused):
    """Something that followed depends on the merge."""

    rule = "merge-in-use"
