"""Words that wake words begin with, by language: they offer themselves as suggestions, and tell the language."""

# The first two are what is suggested.
GREETINGS = {
    "en": ("hey", "okay", "hello", "listen"), "de": ("hallo", "okay", "servus", "moin", "guten", "hör"),
    "fr": ("salut", "dis", "bonjour", "bonsoir", "coucou", "écoute"), "es": ("oye", "hola", "buenos", "buenas"),
    "it": ("ciao", "ehi", "salve", "buongiorno", "senti", "ascolta"), "pt": ("olá", "ei", "oi", "bom"),
    "nl": ("hoi", "hallo", "hé", "dag"), "ru": ("привет", "слушай"), "uk": ("привіт", "слухай"),
    "pl": ("cześć", "hej", "witaj", "słuchaj"), "cs": ("ahoj", "hej", "dobrý"), "sv": ("hej", "hallå", "hejsan"),
    "da": ("hej", "hallo", "hør"), "nb": ("hei", "hallo", "hør"), "fi": ("hei", "moi", "kuule"),
    "tr": ("merhaba", "hey", "selam"), "hu": ("szia", "helló"), "ro": ("bună",), "ca": ("hola", "ei"),
    "el": ("γεια", "έλα"), "hi": ("नमस्ते", "सुनो"), "zh": ("你好", "小"), "ko": ("안녕", "헤이"),
}  # fmt: skip


def suggested_greetings(language: str) -> tuple[str, ...]:
    """Return the two greetings that a phrase in the language may begin with."""
    return GREETINGS.get(language, ("hey", "okay"))[:2]
