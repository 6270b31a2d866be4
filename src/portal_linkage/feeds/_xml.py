"""XML in the shape of the JSON that says the same."""

import xml.etree.ElementTree as ET
from collections.abc import Iterable
from typing import Final

from ._payloads import InvalidPayload

_DOCTYPE: Final = "<!DOCTYPE"


def xml_of(text: str) -> dict[str, object]:
    """What an XML text holds, under the name of its root.

    An element with elements in it is an object, one that stands several times a list, and every other one a text;
    but a reference (``...Ref``) is an object with its text as ``value``. Attributes of objects are fields of theirs, as
    elements are: one that stands beside an element of its name makes a list. Namespaces say nothing here.
    """
    # A document type could name files to read, or entities that grow without end. It cannot be declared otherwise.
    if _DOCTYPE in text:
        raise InvalidPayload.because("declares a document type")
    try:
        root = ET.fromstring(text.encode(), ET.XMLParser(encoding="utf-8"))  # noqa: S314 -- without one, no entities
        return {_name(root.tag): _value(root)}
    except ET.ParseError as error:
        raise InvalidPayload.because(f"is broken XML at line {error.position[0]}") from None
    except UnicodeEncodeError:
        raise InvalidPayload.because("holds a lone surrogate") from None
    except RecursionError:
        raise InvalidPayload.because("is nested too deeply") from None


def _name(tag: str) -> str:
    return tag.rpartition("}")[2]


def _value(element: ET.Element) -> object:
    text = (element.text or "").strip()
    if len(element):
        return _fields(element)
    return _fields(element, [("value", text)]) if text and element.tag.endswith("Ref") else text


def _fields(element: ET.Element, more: Iterable[tuple[str, object]] = ()) -> dict[str, object]:
    values: dict[str, list[object]] = {}
    children = ((child.tag, _value(child)) for child in element)
    for name, value in (*more, *element.attrib.items(), *children):
        values.setdefault(_name(name), []).append(value)
    return {name: found if len(found) > 1 else found[0] for name, found in values.items()}
