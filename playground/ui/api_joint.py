"""The endpoints of the Joint page, for `gradio_client` and for scripts."""

import gradio as gr

from . import api, joint, joint_book, wire


def joint_models() -> list:
    """The joint models there are: {name, title, domain, meanings, styles, words, segments, figures, …} of each."""
    return joint_book.models()["models"]


def joint_think(
    model: str, picture: dict | None = None, sound: dict | None = None, word: str = "", weights: dict | None = None
) -> dict:
    """What is meant by a picture, a sound and a word together, or by any of them.

    Args:
        model: a name from /joint_models
        picture: an uploaded picture of any size, or none; `handle_file(path)` in gradio_client
        sound: an uploaded sound, or none
        word: a word in any tongue, "" for none
        weights: how much each sense counts, {"pictures": 1, "sounds": 1, "words": 1}; 0 mutes it

    Returns:
        {belief: the probability of each meaning, spoken: the same read off the shared codes, latents, concept: the
        shared codes, senses: {sense: {belief, share: how much it counted}}, problems: {sense: what is wrong with it}}
    """
    given = {"words": word}
    for sense, file in (("pictures", picture), ("sounds", sound)):
        if file is not None:
            given[sense] = wire.data_url("application/octet-stream", api.uploaded(file).read_bytes())
    told = joint.think({"model": model, "given": given, "weights": weights or {}})
    if not told["senses"]:
        raise gr.Error(next(iter(told["problems"].values()))["text"], print_exception=False)
    senses = {sense: {key: own[key] for key in ("belief", "share")} for sense, own in told["senses"].items()}
    return told | {"senses": senses}


def joint_make(model: str, concept: list, styles: dict | None = None, seed: int = 0, count: int = 4) -> dict:
    """What shared codes become: pictures, sounds and words.

    Args:
        model: a name from /joint_models
        concept: the shared codes, from /joint_think
        styles: {"pictures": a look, "sounds": a voice, "words": a tongue}, those that shall have one
        seed: another one gives other samples
        count: how many of each, up to 8

    Returns:
        {pictures: data URLs of PNG, sounds: 16-bit samples at 16 kHz in base64, words, styles: those of each sample,
        rows: all codes of each in one sequence, attention: how much each place looks at each, bytes in base64}
    """
    return joint.make({"model": model, "concept": concept, "styles": styles or {}, "seed": seed, "count": count})


def add_endpoints() -> None:
    """Adds them to the page being built."""
    api.publish(joint_models, joint_think, joint_make)
