"""One private key, given wrongly in every way that people have found: no eight bytes of it are seen again."""

import base64
import json
import logging
import pickle
import re
import traceback

import akua
import pytest

URL = "https://127.0.0.1:1"


class Forms:
    """What is in `conformance/data/pem_forms.json`, for all languages."""

    def __init__(self, repository):
        told = json.loads((repository / "conformance/data/pem_forms.json").read_text())
        self.certificate, self.private_key = told["certificate"], told["private_key"]
        self.secrets = [bytes.fromhex(secret) for secret in told["secret"]]
        self.forms = [
            (form["name"], (bytes.fromhex(form["hex"]) if "hex" in form else form["text"].encode()) * form.get("times", 1), form["key"])
            for form in told["forms"]
        ]
        # What is looked for, in each notation.
        self.eights = [secret[start : start + 8] for secret in self.secrets for start in range(len(secret) - 7)]
        self.numbers = [" ".join(map(str, eight)) for eight in self.eights]
        self.hexes = [eight.hex() for eight in self.eights]
        self.texts = [eight.decode("latin-1") for eight in self.eights]
        # Eight bytes hold six that begin a group of base64.
        self.texts += [base64.b64encode(eight[:6]).decode() for eight in self.eights]

    def seen(self, shown):
        """Whether eight bytes in a row are seen in `shown`."""
        numbers = f" {' '.join(re.findall('[0-9]+', shown))} "
        hexes = re.sub("[^0-9a-f]", "", shown.replace("0x", "").replace("\\x", "").lower())
        return (
            any(f" {each} " in numbers for each in self.numbers)
            or any(each in hexes for each in self.hexes)
            or any(each in shown for each in self.texts)
        )


@pytest.fixture(scope="module")
def forms(repository):
    return Forms(repository)


def test_b1_what_looks_for_the_key_finds_it_in_every_notation(forms):
    for secret in forms.secrets:
        part = secret[3:12]
        for shown in (
            str(list(part)),
            part.hex(),
            part.hex(":").upper(),
            repr([hex(byte) for byte in part] if min(part) > 15 else part.hex(" ")),
            base64.b64encode(part[:6]).decode(),
            base64.b64encode(part[2:8]).decode(),
            part.decode("latin-1"),
        ):
            assert forms.seen(f"<{shown}>"), shown
    assert not forms.seen("section 1 (at line 1): 48, 130, 1")
    assert forms.seen(forms.private_key)


def shown_by(error):
    """All that a program, a log or a person at a prompt may see of an exception and of what it has in it."""
    parts = [str(error), repr(error), repr(error.args), repr(vars(error))]
    parts += traceback.format_exception(type(error), error, error.__traceback__)
    if isinstance(error, akua.AkuaError):
        parts += [error.explain(), error.message, repr(error.problems), str(error.hint), pickle.dumps(error, 0).decode("latin-1")]
        parts.append(repr(pickle.loads(pickle.dumps(error))))
    for cause in (error.__cause__, error.__context__):
        if cause is not None:
            parts.append(shown_by(cause))
    return "\n".join(parts)


@pytest.mark.parametrize("kind", [akua.Client, akua.AsyncClient])
def test_b1_no_form_of_a_wrong_pem_text_shows_the_key(forms, caplog, capfd, kind):
    caplog.set_level(logging.DEBUG)
    assert len(forms.forms) >= 70
    for name, form, says in forms.forms:
        # As bytes, and as text where it is one.
        try:
            given = [form, form.decode()]
        except UnicodeDecodeError:
            given = [form]
        for pem in given:
            for setting, options in {
                "key": {"client_certificate": (forms.certificate, pem)},
                "chain": {"client_certificate": (pem, forms.private_key)},
                "both": {"client_certificate": (pem, pem)},
                "roots": {"extra_root_certificates": pem},
            }.items():
                try:
                    with_it = kind(base_url=URL, token="t", use_env=False, **options)
                except akua.ConfigurationError as error:
                    assert not forms.seen(shown_by(error)), (name, setting, str(error))
                    if setting == "key":
                        assert says is not None and says in str(error), (name, str(error))
                else:
                    assert setting != "key" or says is None, name
                    assert not forms.seen(repr(with_it))
                    assert not forms.seen(repr(with_it.clusters))
                    if "client_certificate" in options:
                        with pytest.raises(TypeError, match="secret") as refused:
                            pickle.dumps(with_it)
                        assert not forms.seen(shown_by(refused.value))
    assert not forms.seen(caplog.text)
    assert not forms.seen("".join(capfd.readouterr()))


def test_b1_nor_does_what_is_no_pair_of_texts(forms):
    key, chain = forms.private_key, forms.certificate
    half = "\ud800" + key
    for wrong in (
        key,
        (key,),
        (chain, key, key),
        [chain, key],
        {chain: key},
        (chain, bytearray(key.encode())),
        (chain, memoryview(key.encode())),
        (chain, [key]),
        (chain, {key: key}),
        (chain, half),
        (half, key),
        (chain, key.encode("utf-16")),
    ):
        for options in ({"client_certificate": wrong}, {"extra_root_certificates": wrong}):
            with pytest.raises((TypeError, ValueError)) as refused:
                akua.Client(base_url=URL, token="t", use_env=False, **options)
            told = shown_by(refused.value)
            # A traceback shows the lines of this program, which have no key in them.
            assert not forms.seen(told), told
