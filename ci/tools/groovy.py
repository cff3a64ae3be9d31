"""Says where a Groovy file, such as a Jenkinsfile, cannot be parsed. Usage: groovy.py FILE…"""

import sys

import tree_sitter
import tree_sitter_groovy


def faults(node):
    if node.type == "ERROR" or node.is_missing:
        yield node
    for child in node.children:
        yield from faults(child)


parser = tree_sitter.Parser(tree_sitter.Language(tree_sitter_groovy.language()))
wrong = 0
for name in sys.argv[1:]:
    with open(name, "rb") as file:
        for fault in faults(parser.parse(file.read()).root_node):
            row, column = fault.start_point
            print(f"{name}:{row + 1}:{column + 1}: this is no Groovy", file=sys.stderr)
            wrong += 1
sys.exit(1 if wrong else 0)
