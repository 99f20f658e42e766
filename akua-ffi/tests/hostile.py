#!/usr/bin/env python3
"""Writes a C program that calls every function of akua.h with hostile arguments: hostile.py akua.h >hostile_calls.c

It reads the prototypes, so that a function that is added is called too: NULL for each pointer, a handle of another type
for each handle, texts that are none, not UTF-8, too long by far or of the kind that breaks paths and headers, numbers at
their ends, and, in a library that is built for it, a panic inside. What may come out of that stands in hostile.h. A type
of argument that this script does not know fails it.
"""
import itertools
import re
import sys

from prototypes import functions

# What may be left out, and so is not refused where it is NULL: parameter, or function and parameter.
OPTIONAL = {
    "options", "error", "secrets", "after", "holding", "context", "idempotency_key",
    ("akua_call_options_set_cancel", "cancel"), ("akua_log_set_sink", "sink"),
    ("akua_edit_new", "patch"), ("akua_edit_new_by_id", "patch"), ("akua_edit_submit", "patch"),
    ("akua_kind_named", "name"), ("akua_property_named", "name"), ("akua_operation_wait", "progress"),
}
# What a getter gives where there is nothing to look at, if it is not 0.
FALLBACKS = {"akua_resource_time": "INT64_MIN", "akua_resource_number": "INT64_MIN"}
# Of what may be left out: not where settings are set or used, nor where a context is a text.
REQUIRED = re.compile(r"akua_(client|call)_options_\w+\.(options|context)|akua_client_new\.options")
# Texts that are only compared, whatever they hold.
COMPARED = ("akua_str_equals", "akua_kind_named", "akua_property_named")
NUMBERS = {"int32_t": ["0", "-1", "INT32_MIN", "INT32_MAX"], "uint32_t": ["0", "UINT32_MAX"],
           "uint64_t": ["0", "UINT64_MAX"], "int64_t": ["0", "INT64_MIN", "INT64_MAX"],
           "size_t": ["0", "1", "SIZE_MAX"], "bool": ["false", "true"]}
# Every number that is promised, and some that are none.
CHOICES = {kind: ["0", "-1", "INT32_MIN", "INT32_MAX"] + [str(number) for number in range(1, last)]
           for kind, last in {"akua_status": 20, "akua_kind": 5, "akua_property": 40, "akua_option": 61,
                              "akua_report_key": 100, "akua_launch_kind": 10,
                              "akua_request_key": 4, "akua_answer_key": 4}.items()}
NUMBERS.update(CHOICES)
# Functions of the program's.
SINKS = {"akua_log_sink": "hostile_sink", "akua_operation_sink": "hostile_operation_sink"}
# What is valid of a function, where it is not 1.
VALID = {("akua_resource_time", "property"): "AKUA_CREATED_AT", ("akua_resource_flag", "property"): "AKUA_RECONCILING",
         ("akua_secret_get", "property"): "AKUA_KUBECONFIG",
         ("akua_patch_set_text", "property"): "AKUA_NAME", ("akua_patch_set_json", "property"): "AKUA_NAME",
         ("akua_client_options_set_text", "option"): "AKUA_OPTION_BASE_URL",
         ("akua_client_options_set_number", "option"): "AKUA_OPTION_TIMEOUT",
         ("akua_call_options_set_text", "option"): "AKUA_OPTION_CONTEXT",
         ("akua_call_options_set_number", "option"): "AKUA_OPTION_TIMEOUT",
         ("akua_call_options_set_flag", "option"): "AKUA_OPTION_OVERWRITE_UNSEEN",
         ("akua_report_item", "list"): "AKUA_REPORT_PROBLEMS"}


def plain(kind):
    return kind.replace("const ", "").strip()


class Call:
    """One call of a function, each argument a C expression; what is not said is valid."""

    def __init__(self, result, name, parameters):
        self.result, self.name, self.parameters = result, name, parameters

    def block(self, title, replaced=None, value=None, verdict="ANY"):
        before, after, arguments = [], [], []
        for kind, parameter in self.parameters:
            base = plain(kind)
            if parameter == replaced:
                arguments.append(value)
            elif base == "akua_str":
                before.append(f'const akua_str {parameter} = text_for("{parameter}");')
                arguments.append(parameter)
            elif base in NUMBERS:
                arguments.append(VALID.get((self.name, parameter), "1"))
            elif base in SINKS:
                arguments.append(SINKS[base])
            elif base in ("void*", "char*"):
                arguments.append('(void *)"x"' if base == "void*" else '"x"')
            elif base.endswith("**"):
                before.append(f"{base[:-1]} {parameter} = NULL;")
                after.append(f"{base[:-2]}_free({parameter});")
                arguments.append(f"&{parameter}")
            elif base in ("int32_t*", "akua_kind*"):
                before.append(f"{base[:-1]} {parameter};")
                arguments.append(f"&{parameter}")
            elif base.endswith("*"):
                before.append(f"{base} {parameter} = fresh_{base[:-1]}();")
                # A panic keeps a function from freeing, so it is freed afterwards.
                if self.name != f"{base[:-1]}_free" or replaced or verdict == "PANIC":
                    after.append(f"{base[:-1]}_free({parameter});")
                arguments.append(parameter)
            else:
                sys.exit(f"{self.name}: no idea what to pass as {kind} {parameter}")
        call = f"{self.name}({', '.join(arguments)})"
        if plain(self.result) == "void":
            lines = [f"{call};", f"given(false, {verdict});"]
        elif plain(self.result) == "akua_status" and self.parameters[-1][0] == "akua_report**":
            why = "error" if replaced != "error" else "NULL"
            lines = [f"judge({call}, {why}, {verdict});"]
        elif plain(self.result).endswith("*") and not self.result.startswith("const"):
            lines = [f"{{ {self.result} made = {call}; given(made != NULL, {verdict}); {plain(self.result)[:-1]}_free(made); }}"]
        elif plain(self.result) == "akua_str":
            lines = [f"given_text({call}, {verdict});"]
        elif self.result.endswith("*"):
            lines = [f"given({call} != NULL, {verdict});"]
        else:
            lines = [f"given({call} != {FALLBACKS.get(self.name, '0')}, {verdict});"]
        if self.parameters and self.parameters[-1][0] == "akua_report**" and plain(self.result) != "akua_status":
            lines.append(f"explained({'error' if replaced != 'error' else 'NULL'}, {verdict if replaced != 'error' else 'ANY'});")
        if verdict == "PANIC":
            lines.insert(0, "akua_test_plant_panic();")
        setter = re.match(r"akua_(call|client)_options_(set|use)_", self.name)
        if setter and value and re.fullmatch(r"-?\w+", value):
            lines.append(f"use_{setter[1]}_options(options);")
        body = "\n    ".join([f'now("{self.name}", "{title}");'] + before + lines + after)
        return f"  {{\n    {body}\n  }}"

    def blocks(self):
        yield self.block("as it should be")
        for kind, parameter in self.parameters:
            base = plain(kind)
            optional = parameter in OPTIONAL or (self.name, parameter) in OPTIONAL
            refused = "MISUSE" if not optional or REQUIRED.fullmatch(f"{self.name}.{parameter}") else "ANY"
            if base.endswith("*") or base in SINKS:
                yield self.block(f"{parameter} NULL", parameter, f"({base})NULL", refused)
            if base.startswith("akua_") and base.endswith("*") and not base.endswith("**") and base != "akua_kind*":
                other = "fresh_akua_cancel()" if base != "akua_cancel*" else "fresh_akua_call_options()"
                spare = "other_cancel" if base != "akua_cancel*" else "other_options"
                block = self.block(f"{parameter} of another type", parameter, f"({base})(void *){spare}", "MISUSE")
                yield block.replace("  {\n", f"  {{\n    void *{spare} = {other};\n", 1).replace(
                    "\n  }", f"\n    free_{spare}({spare});\n  }}")
            if base == "akua_str":
                for index, verdict in (("0", refused), ("1", "MISUSE"), ("2", "MISUSE"), ("3", "MISUSE"), ("4", "MISUSE"),
                                       ("5", "MISUSE")):
                    if self.name in COMPARED:
                        verdict = "ANY"
                    yield self.block(f"{parameter} wrong text {index}", parameter, f"wrong_text({index})", verdict)
                yield (f'  for (n = 0; n < odd_texts; ++n)\n'
                       + self.block(f"{parameter} odd text", parameter, "odd_text(n)"))
            for value in NUMBERS.get(base, []):
                yield self.block(f"{parameter} {value}", parameter, value)
        # Each setting, at its ends.
        if self.name.endswith("_options_set_number"):
            usual = VALID[self.name, "option"]
            for option, number in itertools.product(range(1, 61), ("0", "UINT64_MAX")):
                VALID[self.name, "option"] = str(option)
                yield self.block(f"option {option} as {number}", "number", number)
            VALID[self.name, "option"] = usual
        yield "#ifdef PLANTED\n" + self.block("a panic inside", verdict="PANIC") + "\n#endif"


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        all_functions = list(functions(file.read()))
    print('#include "hostile.h"\n')
    for result, name, parameters in all_functions:
        print(f"static void call_{name}(void) {{\n  size_t n = 0;\n  (void)n;")
        print("\n".join(Call(result, name, parameters).blocks()))
        print("}\n")
    print("int main(int count, char **arguments) {\n  begin(count, arguments);")
    for _, name, _ in all_functions:
        print(f"  call_{name}();")
    print(f"  return end({len(all_functions)});\n}}")


main()
