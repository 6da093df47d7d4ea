#include "db/group/definition.h"

#include "base/nearest.h"
#include "db/group/field_name.h"
#include "db/group/json.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace iochron::db::group {
namespace {

constexpr std::array<std::string_view, 7> kinds = {"scalar", "plain", "any", "meta", "proc", "structure", "const"};
constexpr std::array<std::string_view, 2> group_keys = {"+id", "+atomic"};
constexpr std::array<std::string_view, 6> field_keys = {"+type", "+channel", "+id", "+trigger", "+putorder", "+const"};

/// What one text tells, taken over into the definitions.
/// Thread: any (distinct objects)
class Taking {
  public:
    Taking(const Text& text, Definitions& into, Report& report) : text_(text), into_(into), report_(report) {}

    void groups(const Json& json);

  private:
    void group(const std::string& name, std::size_t at, const Json& json);
    void group_key(const Json::Member& member);
    void field(const Json::Member& member);
    void field_key(FieldDefinition& field, const Json::Member& member);
    void put_order(FieldDefinition& field, const Json& value);
    void kind(FieldDefinition& field, const Json& value);
    void constant(FieldDefinition& field, const Json& value);
    void atomic(const Json& value);
    bool take_text(std::string& to, std::string_view key, const Json& value, std::string_view prefix = {});
    void unknown_key(const Json::Member& member, std::span<const std::string_view> known);
    void wrong(std::size_t at, std::string_view what);
    [[nodiscard]] std::string subject() const;

    const Text& text_;
    Definitions& into_;
    Report& report_;
    Definition* group_ = nullptr;
    const std::string* group_name_ = nullptr;
    const std::string* field_name_ = nullptr;
};

std::string Taking::subject() const
{
    std::string all;
    if (group_name_ != nullptr) {
        all = fmt::format("group \"{}\"", *group_name_);
    }
    if (field_name_ != nullptr) {
        all += fmt::format(", field \"{}\"", *field_name_);
    }
    return all.empty() ? all : all + ": ";
}

void Taking::wrong(std::size_t at, std::string_view what)
{
    report_.error(text_.locate(at), subject() + std::string(what));
    if (group_ != nullptr) {
        group_->broken = true;
    }
}

void Taking::groups(const Json& json)
{
    if (json.kind != Json::Kind::object) {
        wrong(json.at, fmt::format("groups are an object, {{\"name\": {{...}}}}, not {}", to_string(json.kind)));
        return;
    }
    for (const Json::Member& member : json.members) {
        if (member.key.empty()) {
            wrong(member.at, "the name of a group cannot be empty");
        } else if (member.value.kind != Json::Kind::object) {
            wrong(member.at, fmt::format("the group \"{}\" is an object with its fields, not {}", member.key,
                                         to_string(member.value.kind)));
        } else {
            group(member.key, member.at, member.value);
        }
    }
}

void Taking::group(const std::string& name, std::size_t at, const Json& json)
{
    const auto [place, fresh] = into_.try_emplace(name);
    group_ = &place->second;
    group_name_ = &name;
    if (fresh) {
        group_->place = text_.locate(at);
    }
    for (const Json::Member& member : json.members) {
        if (member.key.starts_with('+')) {
            group_key(member);
        } else if (member.value.kind != Json::Kind::object) {
            wrong(member.at, fmt::format("the field \"{}\" is an object with its mapping, not {}", member.key,
                                         to_string(member.value.kind)));
        } else {
            field(member);
        }
    }
    group_ = nullptr;
    group_name_ = nullptr;
}

void Taking::group_key(const Json::Member& member)
{
    if (member.key == "+id") {
        take_text(group_->id, member.key, member.value);
    } else if (member.key == "+atomic") {
        atomic(member.value);
    } else {
        unknown_key(member, group_keys);
    }
}

void Taking::atomic(const Json& value)
{
    const bool yes = value.kind == Json::Kind::boolean || value.kind == Json::Kind::integer ? value.integer != 0
                                                                                            : value.text == "true";
    if (value.kind == Json::Kind::boolean || (value.kind == Json::Kind::integer && (value.integer | 1) == 1) ||
        (value.kind == Json::Kind::text && (yes || value.text == "false"))) {
        if (group_->atomic && *group_->atomic != yes) {
            report_.warning(text_.locate(value.at),
                            subject() + fmt::format("+atomic was {} before; the last one counts", !yes));
        }
        group_->atomic = yes;
    } else {
        wrong(value.at, fmt::format("+atomic is true or false, not {}", to_string(value.kind)));
    }
}

void Taking::field(const Json::Member& member)
{
    field_name_ = &member.key;
    if (const auto parts = parse_field_name(member.key); !parts) {
        wrong(member.at, parts.error());
    } else {
        const auto [place, fresh] = group_->fields.try_emplace(member.key);
        FieldDefinition& field = place->second;
        if (fresh) {
            field.place = text_.locate(member.at);
        }
        for (const Json::Member& key : member.value.members) {
            field_key(field, key);
        }
    }
    field_name_ = nullptr;
}

void Taking::field_key(FieldDefinition& field, const Json::Member& member)
{
    if (member.value.kind == Json::Kind::object || member.value.kind == Json::Kind::list) {
        wrong(member.value.at, fmt::format("{} cannot be {}", member.key, to_string(member.value.kind)));
    } else if (member.key == "+type") {
        kind(field, member.value);
    } else if (member.key == "+channel") {
        take_text(field.channel, member.key, member.value, text_.prefix);
    } else if (member.key == "+id") {
        take_text(field.id, member.key, member.value);
    } else if (member.key == "+trigger") {
        take_text(field.trigger, member.key, member.value);
    } else if (member.key == "+putorder") {
        put_order(field, member.value);
    } else if (member.key == "+const") {
        constant(field, member.value);
    } else {
        unknown_key(member, field_keys);
    }
}

void Taking::kind(FieldDefinition& field, const Json& value)
{
    const auto found = std::ranges::find(kinds, value.text);
    if (value.kind == Json::Kind::text && found != kinds.end()) {
        field.kind = static_cast<Kind>(found - kinds.begin());
        return;
    }
    const std::string given =
        value.kind == Json::Kind::text ? '"' + value.text + '"' : std::string(to_string(value.kind));
    wrong(value.at, fmt::format("+type is one of {}, not {}{}", fmt::join(kinds, ", "), given,
                                base::did_you_mean(value.text, kinds)));
}

void Taking::put_order(FieldDefinition& field, const Json& value)
{
    constexpr double most = 9e18;
    if (value.kind == Json::Kind::integer) {
        field.put_order = value.integer;
    } else if (value.kind == Json::Kind::real && std::fabs(value.real) < most && std::trunc(value.real) == value.real) {
        field.put_order = static_cast<std::int64_t>(value.real);
    } else {
        wrong(value.at, fmt::format("+putorder is an integer, not {}", to_string(value.kind)));
    }
}

void Taking::constant(FieldDefinition& field, const Json& value)
{
    switch (value.kind) {
    case Json::Kind::boolean:
        field.constant = pv::Value::of(value.integer != 0);
        return;
    case Json::Kind::integer:
        field.constant = pv::Value::of(value.integer);
        return;
    case Json::Kind::real:
        field.constant = pv::Value::of(value.real);
        return;
    case Json::Kind::text:
        field.constant = pv::Value::of(std::string_view(value.text));
        return;
    default:
        wrong(value.at, fmt::format("+const is a number, a text, true or false, not {}", to_string(value.kind)));
    }
}

bool Taking::take_text(std::string& to, std::string_view key, const Json& value, std::string_view prefix)
{
    if (value.kind != Json::Kind::text) {
        wrong(value.at, fmt::format("{} is a text, not {}", key, to_string(value.kind)));
        return false;
    }
    std::string fresh = std::string(prefix) + value.text;
    if (!to.empty() && to != fresh) {
        report_.warning(text_.locate(value.at),
                        subject() + fmt::format("{} was \"{}\" before; the last one counts", key, to));
    }
    to = std::move(fresh);
    return true;
}

void Taking::unknown_key(const Json::Member& member, std::span<const std::string_view> known)
{
    report_.warning(text_.locate(member.at),
                    subject() + fmt::format("there is no key {} (known are {}), so it is not followed{}", member.key,
                                            fmt::join(known, ", "), base::did_you_mean(member.key, known)));
}

} // namespace

std::string_view to_string(Kind kind)
{
    return kinds[static_cast<std::size_t>(kind)];
}

void Report::note(std::vector<std::string>& to, const base::Place& place, std::string_view what)
{
    if (to.size() == most) {
        ++more;
        return;
    }
    const std::string where = base::to_string(place);
    to.push_back(where.empty() ? std::string(what) : fmt::format("{}: {}", where, what));
}

void read_groups(const Text& text, std::size_t most_depth, Definitions& into, Report& report)
{
    const auto json = parse_json(text.text, most_depth);
    if (!json) {
        report.error(text.locate(json.error().offset), json.error().what);
        return;
    }
    Taking(text, into, report).groups(*json);
}

void read_groups(const GroupFile& file, std::size_t most_depth, Definitions& into, Report& report)
{
    std::vector<std::size_t> lines = {0}; // where each begins
    for (std::size_t end = file.text.find('\n'); end != std::string::npos; end = file.text.find('\n', end + 1)) {
        lines.push_back(end + 1);
    }
    const auto locate = [&](std::size_t offset) -> base::Place {
        const auto behind = std::ranges::upper_bound(lines, offset);
        return {file.name, static_cast<std::size_t>(behind - lines.begin()), offset - *(behind - 1) + 1};
    };
    read_groups({file.text, "", locate}, most_depth, into, report);
}

} // namespace iochron::db::group
