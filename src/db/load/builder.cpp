#include "db/load/builder.h"

#include "db/hints.h"
#include "db/load/record_name.h"

#include <fmt/ranges.h>

#include <utility>

namespace iochron::db::load {

void Builder::record(const Word& type, const Word& name)
{
    record_.reset();
    if (!check_name(name)) {
        return;
    }
    if (type.text == "#") {
        remove(name);
        return;
    }
    const std::size_t before = database_.size();
    if (const auto made = database_.create(type.text, name.text)) {
        record_ = *made;
        created_ += database_.size() - before;
    } else {
        wrong(type.mark, made.error());
    }
}

void Builder::remove(const Word& name)
{
    const auto found = database_.find(name.text);
    if (!found) {
        log_.warning("db.load.delete", "{}: there is no record '{}' to delete", base::to_string(name.mark.place()),
                     name.text);
    } else if (const auto removed = database_.remove(*found); !removed) {
        wrong(name.mark, removed.error());
    }
}

void Builder::field(const Word& name, const Value& value)
{
    if (!record_) {
        return;
    }
    if (value.text.contains("$(") || value.text.contains("${")) {
        wrong(value.mark,
              fmt::format("{}.{}: the macro reference in '{}' was kept by quotes or a backslash; EPICS takes "
                          "none in a field: write it in double quotes",
                          database_.name(*record_), name.text, value.text));
        return;
    }
    if (const auto put = database_.put_text(*record_, name.text, value.text); !put) {
        const bool known = database_.text(*record_, name.text).has_value();
        wrong(known ? value.mark : name.mark,
              fmt::format("{}.{}: {}", database_.name(*record_), name.text, put.error()));
    }
}

void Builder::info(const Word& name, const Value& value)
{
    if (name.text.empty()) {
        wrong(name.mark, "the name of an info item cannot be empty");
    } else if (record_) {
        InfoMarks marks;
        if (name.text == group_item) {
            marks.file = value.mark.place().file;
            marks.marks.assign(value.marks.begin(), value.marks.end());
            if (marks.marks.empty()) {
                marks.marks.push_back({0, value.mark.line, value.mark.column + 1}); // behind the quote
            }
        }
        database_.info(*record_, name.text, value.text, std::move(marks));
        check_hint(name.text, value);
    }
}

/// A hint that is not understood is left out, as QSRV does.
void Builder::check_hint(std::string_view key, const Value& value)
{
    std::string wrong;
    if (key == form_item) {
        const auto form = parse_form(value.text);
        wrong = form ? std::string() : form.error();
    } else if (key == time_tag_item) {
        const auto bits = parse_time_tag(value.text);
        wrong = bits ? std::string() : bits.error();
    }
    if (!wrong.empty()) {
        log_.warning("db.load.info", "{}: {}: {}, so it is not followed", base::to_string(value.mark.place()),
                     database_.name(*record_), wrong);
    }
}

void Builder::alias(const Word& name)
{
    if (check_name(name) && record_) {
        add_alias(*record_, name);
    }
}

void Builder::alias(const Word& record, const Word& name)
{
    if (!check_name(name)) {
        return;
    }
    if (const auto found = database_.find(record.text)) {
        add_alias(*found, name);
    } else {
        wrong(record.mark,
              fmt::format("there is no record '{}' to give the alias '{}'; define it before", record.text, name.text));
    }
}

void Builder::add_alias(RecordId record, const Word& name)
{
    if (const auto added = database_.alias(record, name.text); !added) {
        wrong(name.mark, added.error());
    }
}

bool Builder::check_name(const Word& name)
{
    if (const auto error = name_error(name.text)) {
        wrong(name.mark, *error);
        return false;
    }
    if (const auto warning = name_warning(name.text)) {
        log_.warning("db.load.name", "{}: {}", base::to_string(name.mark.place()), *warning);
    }
    return true;
}

void Builder::wrong(const Mark& mark, std::string_view what)
{
    std::string problem = fmt::format("{}: {}", base::to_string(mark.place()), what);
    if (values_.file != nullptr) {
        problem += fmt::format("; with the values at {}", base::to_string(values_.place()));
    }
    note(std::move(problem));
    if (problems_.size() == most_problems) {
        note(fmt::format("these are the first {} problems; mend them first", most_problems));
        throw Enough{};
    }
}

void Builder::note(std::string problem)
{
    problems_.push_back(std::move(problem));
}

std::string Builder::problems() const
{
    return fmt::format("{}", fmt::join(problems_, "\n"));
}

} // namespace iochron::db::load
