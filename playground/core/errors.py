"""The one error that is meant for the person at the page or the keyboard."""


class InputError(ValueError):
    """Something the visitor can mend, said in their words.

    `template` is an English sentence with named gaps and `values` fill them, so that the
    page can say the same sentence in another language (ui/words). The page, the HTTP API
    and the command line show its text; every other exception is a fault of ours.
    """

    def __init__(self, template: str, **values: object) -> None:
        super().__init__(template.format(**values))
        self.template, self.values = template, values
