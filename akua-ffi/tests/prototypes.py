"""Reads the prototypes of a header that cbindgen has made.

prototypes.py names akua.h    prints the names of its functions
prototypes.py numbers akua.h  prints its constants
prototypes.py stubs akua.h    prints a definition of each function that does nothing, for tools that read an ABI out of
                              what a C compiler has made of the header
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


def stubs(header):
    yield '#include "akua.h"'
    for result, name, parameters in functions(header):
        arguments = ", ".join(f"{kind} {parameter}" for kind, parameter in parameters) or "void"
        used = "".join(f"(void){parameter}; " for _, parameter in parameters)
        value = "" if result == "void" else "{ static const akua_str none; return none; }" if result == "akua_str" else "return 0;"
        yield f"{result} {name}({arguments}) {{ {used}{value} }}"


if __name__ == "__main__":
    with open(sys.argv[2], encoding="utf-8") as file:
        text = file.read()
    if sys.argv[1] == "names":
        print("\n".join(sorted(name for _, name, _ in functions(text))))
    elif sys.argv[1] == "numbers":
        print("\n".join(f"{name} {value}" for name, value in numbers(text)))
    else:
        print("\n".join(stubs(text)))
