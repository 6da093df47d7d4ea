#include "pv/print.h"

#include "pv/plain_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

namespace iochron::pv {
namespace {

using Form = Type::Form;

std::int64_t integer_of(const Structure& structure, std::string_view path)
{
    const Value* value = structure.find(path);
    const bool is_number = value != nullptr && !value->is_array() && pv::is_number(value->type());
    return is_number ? static_cast<std::int64_t>(value->as_double()) : 0;
}

/// "MINOR DRIVER HIGH " of an alarm_t; nothing where there is no alarm. Each word has its blank behind it.
std::string alarm_words(const Structure& structure, std::string_view alarm)
{
    constexpr std::array<std::string_view, 5> severities = {"", "MINOR ", "MAJOR ", "INVALID ", "UNDEFINED "};
    constexpr std::array<std::string_view, 8> statuses = {"",    "DEVICE ", "DRIVER ",    "RECORD ",
                                                          "DB ", "CONF ",   "UNDEFINED ", "CLIENT "};
    const auto word = [](const auto& names, std::int64_t number) {
        return number >= 0 && number < std::ssize(names) ? std::string(names[static_cast<std::size_t>(number)])
                                                         : fmt::format("{} ", number);
    };
    const std::int64_t severity = integer_of(structure, fmt::format("{}severity", alarm));
    if (severity == 0) {
        return {};
    }
    std::string words =
        word(severities, severity) + word(statuses, integer_of(structure, fmt::format("{}status", alarm)));
    const Value* message = structure.find(fmt::format("{}message", alarm));
    if (message != nullptr && message->is_text() && !message->text().empty()) {
        words += fmt::format("{} ", message->text());
    }
    return words;
}

std::string time_words(const Structure& structure, std::string_view time, const PrintStyle& style)
{
    const std::int64_t seconds =
        std::clamp<std::int64_t>(integer_of(structure, fmt::format("{}secondsPastEpoch", time)), 0, 9'000'000'000);
    const std::int64_t nanoseconds = integer_of(structure, fmt::format("{}nanoseconds", time));
    const base::Stamp stamp{std::max(seconds, base::epics_epoch_s) * 1'000'000'000 + nanoseconds};
    const bool never = seconds <= base::epics_epoch_s && nanoseconds == 0;
    std::string words = fmt::format("{:<24} ", never                        ? "<undefined>"
                                               : style.time_text == nullptr ? ""
                                                                            : style.time_text(stamp));
    if (const std::int64_t tag = integer_of(structure, fmt::format("{}userTag", time)); tag != 0) {
        words += fmt::format("{} ", tag);
    }
    return words;
}

/// "(1) On" of an enum_t; nothing where it is none.
std::string choice_words(const Structure& structure, std::string_view value)
{
    const Value* choices = structure.find(fmt::format("{}choices", value));
    if (!structure.type()->find(fmt::format("{}index", value)) || choices == nullptr || !choices->is_array() ||
        choices->type() != ScalarType::string) {
        return {};
    }
    const auto index = static_cast<std::uint32_t>(integer_of(structure, fmt::format("{}index", value)));
    return index < choices->count() ? fmt::format("({}) {}", index, escaped(choices->text_at(index)))
                                    : fmt::format("({}) <undefined>", index);
}

/// All fields, a line each.
class RawText {
  public:
    explicit RawText(const PrintStyle& style) : style_(style) {}

    void structure(const Structure& structure, std::string_view name, std::size_t level, bool marked_only,
                   bool inside_value = false)
    {
        for (std::uint32_t i = 0; i < structure.type()->fields().size();) {
            const Field& field = structure.type()->fields()[i];
            if (marked_only && !structure.is_marked(i)) {
                i = field.end;
                continue;
            }
            const std::string_view own_name = i == 0 ? name : field.name;
            const std::size_t inside = level + (i == 0 ? 0 : depth(structure, i));
            const bool bold = !inside_value && style_.bold != nullptr && style_.bold->test(i);
            text_ += bold ? "\x1b[1m" : "";
            if (field.type->is(Form::structure)) {
                head(*field.type, own_name, inside, inside_value ? "" : words(structure.part(i)));
            } else {
                value(*field.type, structure.at(i), own_name, inside);
            }
            text_ += bold ? "\x1b[0m" : "";
            ++i;
        }
    }
    [[nodiscard]] std::string take() { return std::move(text_); }

  private:
    static std::size_t depth(const Structure& structure, std::uint32_t field)
    {
        std::size_t levels = 0;
        for (; field != 0; field = structure.type()->fields()[field].parent) {
            ++levels;
        }
        return levels;
    }
    /// What stands behind the name of the structures that everybody knows.
    [[nodiscard]] std::string words(const Structure& part) const
    {
        const std::string& id = part.type()->id();
        return id == "alarm_t"  ? " " + alarm_words(part, "")
               : id == "time_t" ? " " + time_words(part, "", style_)
               : id == "enum_t" ? " " + choice_words(part, "")
                                : std::string{};
    }
    void head(const Type& type, std::string_view name, std::size_t level, std::string_view behind = {})
    {
        text_ += fmt::format("{:{}}{} {}{}\n", "", 4 * level, to_string(type), name, behind);
    }
    void nothing(std::size_t level) { text_ += fmt::format("{:{}}(none)\n", "", 4 * level); }

    void value(const Type& type, const Value& value, std::string_view name, std::size_t level)
    {
        if (!value.is_compound()) {
            const bool plain = type.is(Form::scalar) || type.is(Form::array);
            head(type, name, level, plain ? " " + plain_text(value) : "");
            return type.is(Form::choice) || type.is(Form::any) ? nothing(level + 1) : void();
        }
        if (const Structure* inside = value.structure()) {
            return structure(*inside, name, level, false, true);
        }
        head(type, name, level);
        if (const Choice* choice = value.choice()) {
            const bool holds = choice->selected != Choice::none;
            const Member* member = holds ? &choice->type->members()[choice->selected] : nullptr;
            holds ? this->value(*member->type, choice->value, "", level + 1) : nothing(level + 1); // no name: pvget
        } else if (const Any* any = value.any()) {
            any->type ? this->value(*any->type, any->value, "", level + 1) : nothing(level + 1);
        } else if (const std::vector<Value>* elements = value.compounds()) {
            const Type& element = type.is(Form::any_array) ? *any_type() : *type.element();
            for (const Value& one : *elements) {
                one.empty() ? nothing(level + 1) : this->value(element, one, "", level + 1);
            }
        }
    }

    const PrintStyle& style_;
    std::string text_;
};

std::string cell_text(const Value& column, std::size_t row)
{
    std::string text = plain_element(column, row);
    if (text.find_first_of(" ,\\\"") == std::string::npos) {
        return text;
    }
    for (std::size_t at = 0; (at = text.find('"', at)) != std::string::npos; at += 2) {
        text.insert(at, 1, '"');
    }
    return '"' + text + '"';
}

/// The columns of an NTTable, each as wide as its widest cell; nothing where one of them is no array of plain values.
std::string table_text(const Structure& structure, const PrintStyle& style)
{
    const auto value = structure.type()->find("value");
    if (!value || !structure.type()->fields()[*value].type->is(Form::structure)) {
        return {};
    }
    const Structure table = structure.part(*value);
    const Value* labels = structure.find("labels");
    std::vector<std::vector<std::string>> columns;
    std::size_t rows = ~std::size_t{0};
    for (const Member& member : table.type()->members()) {
        const Value* cells = table.find(member.name);
        if (!member.type->is(Form::array) || cells == nullptr || !cells->is_array()) {
            return {};
        }
        const bool labelled = labels != nullptr && labels->is_array() && columns.size() < labels->count();
        std::vector<std::string>& column = columns.emplace_back();
        column.push_back(labelled ? cell_text(*labels, columns.size() - 1) : member.name);
        for (std::size_t row = 0; row < cells->count(); ++row) {
            column.push_back(cell_text(*cells, row));
        }
        rows = std::min(rows, column.size());
    }
    if (columns.empty()) {
        return {};
    }
    std::string text;
    if (structure.type()->find("timeStamp")) {
        text += time_words(structure, "timeStamp.", style) + ' ';
    }
    if (structure.type()->find("alarm")) {
        text += alarm_words(structure, "alarm.") + ' ';
    }
    text += '\n';
    for (std::size_t row = 0; row < rows; ++row) {
        for (std::size_t c = 0; c < columns.size(); ++c) {
            const auto width = std::ranges::max(columns[c], {}, &std::string::size).size();
            text += fmt::format("{}{:>{}}", c == 0 ? "" : " ", columns[c][row], width);
        }
        text += '\n';
    }
    return text;
}

/// A line of time, value and alarm, in the order in which pvget has them; nothing where the value is no such.
std::string value_line(const Structure& structure, const PrintStyle& style)
{
    const auto field = structure.type()->find("value");
    if (!field) {
        return {};
    }
    const Type& type = *structure.type()->fields()[*field].type;
    const bool stamped = structure.type()->find("timeStamp").has_value();
    const std::string time = stamped ? time_words(structure, "timeStamp.", style) : std::string{};
    const std::string alarm = alarm_words(structure, "alarm.");
    if (type.is(Form::scalar)) {
        return fmt::format("{}{} {}\n", time, plain_text(structure.at(*field)), alarm);
    }
    if (type.is(Form::array)) {
        return fmt::format("{}{}{}\n", time, alarm, plain_text(structure.at(*field)));
    }
    const std::string choice = type.is(Form::structure) ? choice_words(structure, "value.") : std::string{};
    return choice.empty() ? std::string{} : fmt::format("{}{}{}\n", time, alarm, choice);
}

/// A line, and those of what is inside.
void append_type(std::string& to, const Type& type, std::string_view name, std::size_t level)
{
    to += fmt::format("{:{}}{}{}{}\n", "", 4 * level, to_string(type), name.empty() ? "" : " ", name);
    if (type.is(Form::structure) || type.is(Form::choice)) {
        for (const Member& member : type.members()) {
            append_type(to, *member.type, member.name, level + 1);
        }
    } else if (type.is(Form::structure_array) || type.is(Form::choice_array)) {
        append_type(to, *type.element(), {}, level + 1);
    } else if (type.is(Form::any_array)) {
        append_type(to, *any_type(), {}, level + 1);
    }
}

} // namespace

std::string type_text(const Type& type, std::size_t level)
{
    std::string text;
    append_type(text, type, {}, level);
    return text;
}

std::string to_text(const Structure& structure, const PrintStyle& style)
{
    if (style.form == PrintForm::normative) {
        const bool is_table = structure.type()->id().starts_with("epics:nt/NTTable:1.");
        const std::string text = is_table ? table_text(structure, style) : value_line(structure, style);
        if (!text.empty()) {
            return text;
        }
    }
    RawText raw(style);
    raw.structure(structure, "", 0, style.marked_only);
    return raw.take();
}

} // namespace iochron::pv
