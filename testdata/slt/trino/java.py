"""Reads the part of Java that Trino's tests are written in: assertions, literals, constants.

tokens() cuts a source file, Parser reads one expression of it as nested tuples:

    ("str", value)  ("num", text)  ("name", name)  ("call", target or None, name, [arguments])
    ("field", target, name)  ("new", type, [arguments])  ("neg", x)  ("op", operator, a, b)
    ("ref", target, method)  ("lambda",)
"""

import re

TOKEN = re.compile(
    r'''(?P<space>\s+|//[^\n]*|/\*.*?\*/)
    |(?P<block>"""[ \t]*\n.*?(?<!\\)""")
    |(?P<str>"(?:[^"\\\n]|\\.)*")
    |(?P<char>'(?:[^'\\]|\\.|\\u[0-9a-fA-F]{4})')
    |(?P<num>0[xX][0-9a-fA-F_]+[lL]?|0[bB][01_]+[lL]?|(?:\d[\d_]*\.?\d*|\.\d+)(?:[eE][+-]?\d+)?[lLfFdD]?)
    |(?P<name>[A-Za-z_$][\w$]*)
    |(?P<op>->|::|&&|\|\||==|!=|<=|>=|\+\+|--|\+=|[-+*/%=<>!?:;,.(){}\[\]@&|^~])''',
    re.X | re.S)


class Unknown(Exception):
    """Something that this reader does not know."""


def tokens(source):
    """Cuts a source file into (kind, text) without space and comments."""
    out, at = [], 0
    while at < len(source):
        m = TOKEN.match(source, at)
        if not m:
            raise Unknown("character %r" % source[at])
        if m.lastgroup != "space":
            out.append((m.lastgroup, m.group()))
        at = m.end()
    return out


ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "s": " ", "0": "\0", '"': '"', "'": "'", "\\": "\\", "\n": ""}


def unescape(text):
    """Gives the string that a literal's inside writes; UTF-16 pairs become one character."""
    def one(m):
        e = m.group(1)
        if e[0] == "u":
            return chr(int(e.lstrip("u"), 16))
        if e[0].isdigit():
            return chr(int(e, 8))
        return ESCAPES[e]
    s = re.sub(r"\\(u+[0-9a-fA-F]{4}|[0-7]{1,3}|.)", one, text, flags=re.S)
    return s.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")


def text_block(text):
    """Gives the string of a text block: the indentation that all lines share is not of it."""
    lines = text[3:-3].split("\n")[1:]
    counted = [l for l in lines[:-1] if l.strip()] + [lines[-1]]
    indent = min(len(l) - len(l.lstrip()) for l in counted) if counted else 0
    return unescape("\n".join(l[indent:].rstrip() for l in lines))


class Parser:
    """Reads expressions from tokens."""

    def __init__(self, toks, at=0):
        self.toks, self.at = toks, at

    def peek(self, ahead=0):
        i = self.at + ahead
        return self.toks[i][1] if i < len(self.toks) else ""

    def kind(self):
        return self.toks[self.at][0] if self.at < len(self.toks) else ""

    def take(self, text=None):
        got = self.peek()
        if text is not None and got != text:
            raise Unknown("%r for %r" % (got, text))
        self.at += 1
        return got

    def expression(self):
        a = self.product()
        while self.peek() in ("+", "-"):
            a = ("op", self.take(), a, self.product())
        return a

    def product(self):
        a = self.unary()
        while self.peek() in ("*", "/"):
            a = ("op", self.take(), a, self.unary())
        return a

    def unary(self):
        if self.peek() == "-":
            self.take()
            return ("neg", self.unary())
        if self.peek() == "(" and self.is_cast():
            depth = 0
            while True:
                t = self.take()
                depth += (t == "(") - (t == ")")
                if depth == 0:
                    return self.unary()
        return self.postfix(self.primary())

    def is_cast(self):
        """Says whether a parenthesis holds a type: a name in front of a value."""
        i = self.at + 1
        if self.toks[i][0] != "name":
            return False
        depth = 0
        while self.toks[i][0] == "name" or self.toks[i][1] in ("<", ">", ".", ",", "[", "]", "?"):
            depth += (self.toks[i][1] == "<") - (self.toks[i][1] == ">")
            i += 1
        if depth != 0 or self.toks[i][1] != ")":
            return False
        kind, text = self.toks[i + 1]
        return kind in ("name", "str", "num", "char", "block") or (text == "(" and self.toks[i - 1][1] in ("byte", "short", "int", "long", "float", "double")) or (
            text == "-" and self.toks[i - 1][1] in ("byte", "short", "int", "long", "float", "double", "Object"))

    def primary(self):
        kind, text = self.kind(), self.peek()
        if kind == "str":
            self.take()
            return ("str", unescape(text[1:-1]))
        if kind == "block":
            self.take()
            return ("str", text_block(text))
        if kind == "char":
            self.take()
            return ("str", unescape(text[1:-1]))
        if kind == "num":
            self.take()
            return ("num", text)
        if text == "(":
            if self.peek(1) == ")" or self.peek(2) in (",", ")") and self.after_parenthesis() == "->":
                return self.skip_lambda()
            self.take()
            inner = self.expression()
            self.take(")")
            return inner
        if kind != "name":
            raise Unknown("token %r" % text)
        self.take()
        if self.peek() == "->":
            return self.skip_lambda()
        if text == "new":
            name = self.take()
            while self.peek() == ".":
                self.take()
                name += "." + self.take()
            self.generics()
            if self.peek() == "[":
                while self.peek() in ("[", "]"):
                    self.take()
                return ("new", name + "[]", self.arguments("{", "}"))
            return ("new", name, self.arguments())
        if self.peek() == "(":
            return ("call", None, text, self.arguments())
        return ("name", text)

    def after_parenthesis(self):
        i, depth = self.at, 0
        while i < len(self.toks):
            depth += (self.toks[i][1] == "(") - (self.toks[i][1] == ")")
            i += 1
            if depth == 0:
                break
        return self.toks[i][1] if i < len(self.toks) else ""

    def skip_lambda(self):
        """Steps over a lambda to the comma or parenthesis that ends it."""
        depth = 0
        while not (depth == 0 and self.peek() in (",", ")", ";")):
            t = self.take()
            depth += (t in "({[") - (t in ")}]")
        return ("lambda",)

    def postfix(self, a):
        while True:
            t = self.peek()
            if t == ".":
                self.take()
                self.generics()
                name = self.take()
                a = ("call", a, name, self.arguments()) if self.peek() == "(" else ("field", a, name)
            elif t == "::":
                self.take()
                a = ("ref", a, self.take())
            else:
                return a

    def generics(self):
        if self.peek() != "<":
            return
        depth = 0
        while True:
            t = self.take()
            depth += (t == "<") - (t == ">")
            if depth == 0:
                return

    def arguments(self, left="(", right=")"):
        self.take(left)
        out = []
        while self.peek() != right:
            out.append(self.expression())
            if self.peek() == ",":
                self.take()
            elif self.peek() != right:
                raise Unknown("%r in arguments" % self.peek())
        self.take(right)
        return out
