"""Reads the prototypes of a header that cbindgen has made.

prototypes.py names akua.h    prints the names of its functions
prototypes.py numbers akua.h  prints its constants
"""
import re
import sys


def functions(header):
    """Each function as (result, name, [(type, parameter)])."""
    text = re.sub(r"//[^\n]*|/\*.*?\*/", "", header, flags=re.S)
    text = re.sub(r"^#[^\n]*$", "", text, flags=re.M)
    text = re.sub(r"typedef[^;{]*(\{[^}]*\}[^;]*)?;", "", text)
    for result, name, arguments in re.findall(r"([\w\s]+?[\s*])(akua_\w+)\(([^)]*)\);", text):
        parsed = []
        for argument in arguments.split(","):
            argument = " ".join(argument.split())
            if argument != "void":
                kind, parameter = re.fullmatch(r"(.*?[\s*])(\w+)", argument).groups()
                parsed.append((kind.replace(" *", "*").strip(), parameter))
        yield " ".join(result.split()).replace(" *", "*"), name, parsed


def numbers(header):
    """Each constant as (name, value)."""
    return re.findall(r"^#define (AKUA_\w+) (.+)$", header, flags=re.M)


if __name__ == "__main__":
    with open(sys.argv[2], encoding="utf-8") as file:
        text = file.read()
    if sys.argv[1] == "names":
        print("\n".join(sorted(name for _, name, _ in functions(text))))
    else:
        print("\n".join(f"{name} {value}" for name, value in numbers(text)))
