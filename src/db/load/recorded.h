#pragma once

#include "db/load/parser.h"

#include <string>

namespace iochron::db::load {

/// Writes down what a file tells, one short line each, for tests.
/// Thread: fixed
class Recorded : public Definitions {
  public:
    void record(const Word& type, const Word& name) override { note("record", {type, name}); }
    void field(const Word& name, const Value& value) override { note_value("field", name, value); }
    void info(const Word& name, const Value& value) override { note_value("info", name, value); }
    void alias(const Word& name) override { note("alias", {name}); }
    void end_record() override { text += "end\n"; }
    void alias(const Word& record, const Word& name) override { note("alias", {record, name}); }

    std::string text;
    bool places = false; ///< write the place of each name and value too

  private:
    void note(std::string_view what, std::initializer_list<Word> words)
    {
        text += what;
        for (const Word& word : words) {
            text.append(" ").append(word.text);
            at(word.mark);
        }
        text += '\n';
    }
    void note_value(std::string_view what, const Word& name, const Value& value)
    {
        note(what, {name});
        text.back() = ' ';
        text.append(value.json ? "json " : "= ").append(value.text);
        at(value.mark);
        text += '\n';
    }
    void at(const Mark& mark)
    {
        if (places) {
            text += '@' + base::to_string(mark.place());
        }
    }
};

} // namespace iochron::db::load
