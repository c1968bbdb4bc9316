#!/usr/bin/env python3
"""Writes src/Graph/Typing/OperatorTypes.txt: what ONNX's schemas say of inputs, outputs, element types and attributes of every operator.

  build/onnx-operator-types.py CHANGELOG > src/Graph/Typing/OperatorTypes.txt
  build/onnx-operator-types.py CHANGELOG --check      (compares with the schemas of an installed onnx package, as far as it knows opsets)

CHANGELOG is docs/Changelog.md of github.com/onnx/onnx, which that project generates from its schemas. Of each operator of the default domain the versions
in force at opsets 13 to 23 are kept. Facts only: names, types and numbers.
"""
import re
import sys

LOWEST, HIGHEST = 13, 23
CODES = {
    "float": "f32", "uint8": "u8", "int8": "i8", "uint16": "u16", "int16": "i16", "int32": "i32", "int64": "i64", "string": "str", "bool": "bool",
    "float16": "f16", "double": "f64", "uint32": "u32", "uint64": "u64", "complex64": "c64", "complex128": "c128", "bfloat16": "bf16",
}
ITEM = re.compile(r"^<dt><tt>([^<]*)</tt>(?: \(([^)]*)\))? : (.*)</dt>$")


def tensor_types(text):
    """Codes of the tensor types in a list; sequences, optionals and the 8-bit and 4-bit types have none here."""
    return [CODES[name] for name in re.findall(r"(?<![\w(])tensor\((\w+)\)", text) if name in CODES]


def sections(block):
    """The dt lines of a schema by section."""
    current, found = "", {}
    for line in block:
        if line.startswith("#### "):
            current = line[5:].split(" (")[0].strip()
        elif (item := ITEM.match(line)) is not None:
            found.setdefault(current, []).append(item.groups())
    return found


def formal(name, options, kind):
    options = [option.strip() for option in (options or "").split(",")]
    mark = "*" + ("~" if "heterogeneous" in options else "") if "variadic" in options else "?" if "optional" in options else ""
    # A concrete type is a constraint of one; what is no tensor at all has none.
    types = tensor_types(kind) if "(" in kind else None
    return f"{name}{mark}:{kind if types is None else '=' + ','.join(types)}"



def attributes(items):
    for name, _, kind in items:
        many = kind.startswith("list of ")
        word = kind.removeprefix("list of ").split(" ")[0].rstrip("s") if many else kind.split(" ")[0]
        yield f"{name}{'!' if '(required)' in kind else ''}:{word}{'s' if many else ''}"


def read(path):
    schemas, name, block, inside = {}, None, [], False
    lines = open(path, encoding="utf-8").read().split("\n")
    for line in lines + ["# end"]:
        if line.startswith("# ") or line.startswith("## ") or line.startswith("### "):
            if name:
                schemas[name] = block
            name, block = None, []
            if line.startswith("# "):
                inside = line == "# ai.onnx (default)"
            title = re.match(r"^### <a name=\"(\w+)-(\d+)\"></a>\*\*\w+-\d+\*\*", line)
            if inside and title:
                name = (title[1], int(title[2]))
        block.append(line)
    return schemas


def table(schemas):
    for operator in sorted({name for name, _ in schemas}):
        versions = sorted(since for name, since in schemas if name == operator)
        kept = [since for since in versions if LOWEST < since <= HIGHEST]
        earlier = [since for since in versions if since <= LOWEST]
        for since in ([max(earlier)] if earlier else []) + kept:
            block = schemas[operator, since]
            if any("deprecated" in line and "### " in line for line in block[:1]):
                yield f"{operator}\t{since}\tdeprecated"
                continue
            found = sections(block)
            constraints = [f"{name}={','.join(tensor_types(kind))}" for name, _, kind in found.get("Type Constraints", [])]
            yield "\t".join([
                operator, str(since),
                " ".join(formal(*item) for item in found.get("Inputs", [])), " ".join(formal(*item) for item in found.get("Outputs", [])),
                " ".join(constraints), " ".join(sorted(attributes(found.get("Attributes", [])))),
            ])


def check(rows):
    import onnx.defs
    own = {(row[0], int(row[1])): row for row in (line.split("\t") for line in rows)}
    known = onnx.defs.onnx_opset_version()
    misses = compared = 0
    for schema in onnx.defs.get_all_schemas_with_history():
        row = own.get((schema.name, schema.since_version))
        if schema.domain != "" or row is None or row[2] == "deprecated":
            continue
        compared += 1
        constraints = {item.split("=")[0]: sorted(item.split("=")[1].split(",")) for item in row[4].split(" ") if item}
        expected = {item.type_param_str: sorted(tensor_types(" ".join(item.allowed_type_strs)) or [""]) for item in schema.type_constraints}
        names = [item.split(":")[0].rstrip("?*~") for item in row[2].split(" ") if item]
        if constraints != expected or names != [item.name for item in schema.inputs]:
            misses += 1
            print(f"{schema.name}-{schema.since_version}: {constraints} {names}, expected {expected} {[item.name for item in schema.inputs]}")
    print(f"{compared} schemas compared with onnx (opset {known}), {misses} differ")
    return misses


rows = list(table(read(sys.argv[1])))
if "--check" in sys.argv:
    sys.exit(1 if check(rows) else 0)
print("# Made by build/onnx-operator-types.py from docs/Changelog.md of github.com/onnx/onnx: operator, since, inputs, outputs, constraints, attributes.")
print("\n".join(rows))
