"""Reads the prototypes of a header that cbindgen has made.

prototypes.py prototypes akua.h    prints its functions and function types, without the names of their arguments
prototypes.py layouts akua.h       prints a C program that prints how its other types lie in memory
prototypes.py numbers akua.h       prints its constants
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


def prototypes(header):
    """Each function as one line, and each type of one."""
    for result, name, arguments in functions(header):
        yield f"{result} {name}({', '.join(kind for kind, _ in arguments)})"
    yield from (" ".join(one.split()) for one in re.findall(r"^typedef [^;{}]*\(\*[^;]*;", header, flags=re.M))


def layouts(header):
    """A program that says of each type how large it is, of what sign, and where each field of it lies."""
    text = re.sub(r"//[^\n]*", "", header)
    lines = [f'printf("{name} %zu %s\\n", sizeof({name}), ({name})-1 < 0 ? "signed" : "unsigned");'
             for name in re.findall(r"^typedef \w+ (\w+);$", text, flags=re.M)]
    for fields, name in re.findall(r"^typedef struct \{([^}]*)\} (\w+);$", text, flags=re.M):
        lines.append(f'printf("{name} %zu\\n", sizeof({name}));')
        for field in re.findall(r"(\w+);", fields):
            at = f"offsetof({name}, {field}), sizeof((({name} *)0)->{field})"
            lines.append(f'printf("{name}.{field} at %zu of %zu\\n", {at});')
    body = "\n  ".join(lines)
    return f'#include "akua.h"\n#include <stdio.h>\nint main(void) {{\n  {body}\n}}'


if __name__ == "__main__":
    with open(sys.argv[2], encoding="utf-8") as file:
        text = file.read()
    if sys.argv[1] == "prototypes":
        print("\n".join(sorted(prototypes(text))))
    elif sys.argv[1] == "layouts":
        print(layouts(text))
    else:
        print("\n".join(f"{name} {value}" for name, value in numbers(text)))
