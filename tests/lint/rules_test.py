"""Each rule of the lint finds what it is for, and leaves alone what is right."""
import unittest
from pathlib import Path

import rules
from shapes import shapes
from source import without_comments_and_literals


def found(rule, **files):
    """The findings of one rule in a tree of files, given as path__with__slashes_h="text"."""
    tree = rules.Tree({Path(path): text for path, text in files.items()})
    return [finding.message for finding in rule(tree)]


def one(rule, path, text):
    return found(rule, **{path: text})


def body(lines):
    return "{\n" + "    ++n;\n" * (lines - 2) + "}\n"


class Shapes(unittest.TestCase):
    def test_function_names_and_lengths(self):
        text = ("namespace a::b {\ntemplate <class T>\nint f(T t)\n{\n    return 1;\n}\n"
                "Foo::Foo(int a) : a_{a}, b_(a)\n{\n    if (a) {\n    }\n}\n"
                "bool operator==(const X& x) const { return true; }\n} // namespace\n")
        functions, _ = shapes(text)
        self.assertEqual([(f.name, f.lines) for f in functions], [("f", 5), ("Foo::Foo", 5), ("operator==", 1)])

    def test_lambda_counts_in_its_function_and_a_table_is_none(self):
        functions, _ = shapes("constexpr auto table = make({\n1,\n2});\nvoid f()\n{\n  g([] {\n  });\n}\n")
        self.assertEqual([(f.name, f.lines) for f in functions], [("f", 5)])

    def test_private_data(self):
        text = ("class A {\n  public:\n    int size() const { return size_; }\n  private:\n    void grow(int by_);\n"
                "    int size_{0};\n    std::function<void(int)> done_;\n    static constexpr int most_ = 3;\n};\n"
                "struct B {\n    int x = 0;\n};\nclass C {\n  public:\n    virtual ~C() = default;\n};\n")
        _, classes = shapes(text)
        self.assertEqual([(c.name, c.private_data) for c in classes],
                         [("A", ["size_", "done_"]), ("B", []), ("C", [])])

    def test_literals_and_comments_are_blank(self):
        clean = without_comments_and_literals('a = "}{//"; // }\nb = \'{\'; c = 1\'000; /* { */ d = R"x({)x";\n')
        self.assertNotIn("{", clean)
        self.assertNotIn("}", clean)
        self.assertIn("1'000", clean)
        self.assertEqual(clean.count("\n"), 2)


class Rules(unittest.TestCase):
    def test_sizes(self):
        warned = list(rules.sizes(rules.Tree({Path("src/db/x.cpp"): "void f()\n" + body(80)})))
        failed = list(rules.sizes(rules.Tree({Path("src/db/x.cpp"): "void f()\n" + body(120)})))
        self.assertEqual([f.fails for f in warned], [False])
        self.assertEqual([f.fails for f in failed], [True])
        self.assertEqual(one(rules.sizes, "src/db/x.cpp", "void f()\n" + body(40)), [])
        self.assertEqual([f.fails for f in rules.sizes(rules.Tree({Path("src/db/x.h"): "//\n" * 601}))], [True])
        self.assertEqual(one(rules.sizes, "src/db/x.h", "// Table: units\n" + "//\n" * 700), [])

    def test_exemption_is_said(self):
        tree = rules.Tree({Path("src/db/x_test.cpp"): "void f()\n" + body(150)})
        self.assertEqual(list(rules.sizes(tree)), [])
        self.assertIn("1 functions", tree.notes[0])

    def test_names(self):
        self.assertTrue(one(rules.names, "src/db/link_util.cpp", ""))
        self.assertTrue(one(rules.names, "src/common/x.cpp", ""))
        self.assertTrue(one(rules.names, "src/db/link.h", "class LinkManager {};"))
        self.assertEqual(one(rules.names, "src/db/simple.h", "class Simple {}; // a helper"), [])

    def test_thread_tag(self):
        state = "class A {\n  private:\n    int x_;\n};\n"
        self.assertTrue(one(rules.threads, "src/db/a.h", "/// An A.\n" + state))
        self.assertEqual(one(rules.threads, "src/db/a.h", "/// An A.\n/// Thread: shard\n" + state), [])
        self.assertEqual(one(rules.threads, "src/db/a.h", "/// Thread: any\ntemplate <class T>\n" + state), [])

    def test_includes(self):
        self.assertTrue(one(rules.includes, "src/db/a.cpp", "#include <mutex>\n"))
        self.assertTrue(one(rules.includes, "src/server/a.cpp", "#include <sys/socket.h>\n"))
        self.assertTrue(one(rules.includes, "src/ioc/a.cpp", "#include <mutex>\n"))
        self.assertTrue(one(rules.includes, "src/client/a.h", "#include <mutex>\n"))
        self.assertEqual(one(rules.includes, "src/client/a.h", "#include <future>\n"), [])
        self.assertEqual(one(rules.includes, "src/ioc/a.cpp", "#include <future>\n"), [])
        self.assertEqual(one(rules.includes, "src/reactor/a.cpp", "#include <mutex>\n#include <boost/asio.hpp>\n"), [])
        self.assertTrue(one(rules.includes, "src/reactor/a.h", "#include <boost/asio.hpp>\n"))
        self.assertTrue(one(rules.includes, "src/server/a.cpp", "#include <boost/asio/post.hpp>\n"))
        self.assertTrue(one(rules.includes, "src/perf/a.h", "#include <nlohmann/json.hpp>\n"))
        self.assertEqual(one(rules.includes, "src/perf/a.h", "#include <nlohmann/json_fwd.hpp>\n"), [])
        self.assertTrue(one(rules.includes, "src/db/a.cpp", '#include "../pv/value.h"\n'))
        self.assertEqual(one(rules.includes, "src/db/a.cpp", '// #include <mutex>\n#include "pv/value.h"\n'), [])

    def test_clocks(self):
        self.assertTrue(one(rules.clocks, "src/db/a.cpp", "auto t = std::chrono::steady_clock::now();\n"))
        self.assertTrue(one(rules.clocks, "src/db/a_test.cpp", "auto t = time(nullptr);\n"))
        self.assertTrue(one(rules.clocks, "src/reactor/a_test.cpp", "std::this_thread::sleep_for(1ms);\n"))
        self.assertEqual(one(rules.clocks, "src/reactor/a.cpp", "auto t = std::chrono::steady_clock::now();\n"), [])
        self.assertEqual(one(rules.clocks, "src/db/a.cpp", "auto t = sample.time(0); // steady_clock::now\n"), [])

    def test_machine_paths(self):
        self.assertTrue(one(rules.machine_paths, "docs/a.md", "see " + "/ho" + "me/someone/x\n"))
        self.assertEqual(one(rules.machine_paths, "docs/a.md", "see src/home/x, ~/work/x and https://x.example/home/x\n"), [])

    def test_fuzz(self):
        listing, source, corpus = "fuzz/targets.cmake", "fuzz/calc.cpp", "fuzz/corpus/calc/1"
        self.assertEqual(found(rules.fuzz_corpora, **{listing: "fuzz_target(calc NEEDS calc)\n", source: "", corpus: "1"}), [])
        self.assertTrue(found(rules.fuzz_corpora, **{listing: "fuzz_target(calc NEEDS calc)\n", source: ""}))
        self.assertTrue(found(rules.fuzz_corpora, **{listing: "", source: "", corpus: "1"}))

    def test_quirks(self):
        page, test = "docs/wire-quirks.md", "src/wire/ca/a_test.cpp"
        entry = "## CA\n### Old\nText.\nTest: `Suite.Name`\n"
        self.assertEqual(found(rules.quirks, **{page: entry, test: "TEST(Suite, Name)\n{}\n"}), [])
        self.assertTrue(found(rules.quirks, **{page: entry, test: "TEST(Suite, Other)\n{}\n"}))
        self.assertTrue(found(rules.quirks, **{page: "### Old\nText.\n### New\nTest: `Suite.Name`\n",
                                              test: "TEST(Suite, Name)\n{}\n"}))

    def test_contract(self):
        page, test, interop = "docs/lossless.md", "src/server/a_test.cpp", "tests/interop/test_a.py"
        table = "| promise | tests |\n| --- | --- |\n| every one | `Suite.Name`, `test_it` |\n"
        there = {test: "TEST(Suite, Name)\n{}\n", interop: "def test_it():\n    pass\n"}
        self.assertEqual(found(rules.contract, **{page: table, **there}), [])
        self.assertEqual(len(found(rules.contract, **{page: table})), 2)
        self.assertEqual(len(found(rules.contract, **{page: "| every one | - |\n", **there})), 1)

    def test_document_paths(self):
        page = "see `src/db/a.h`, `src/db`, [a](../README.md#here), `fuzz/NAME.cpp` and [b](https://x.example)"
        there = {"src/db/a.h": "", "README.md": "", "docs/a.md": page}
        self.assertEqual(found(rules.document_paths, **there), [])
        self.assertEqual(len(found(rules.document_paths, **{"docs/a.md": page})), 3)


if __name__ == "__main__":
    unittest.main()
