// Groups from their texts.
#include "base/nearest.h"
#include "db/group/groups.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

namespace iochron::db::group {
namespace {

std::string about(const std::string& group, const std::string& field)
{
    return fmt::format("group \"{}\", field \"{}\": ", group, field);
}

void read_items(const Database& database, const base::Limits& limits, Definitions& definitions, Report& report)
{
    for (const RecordId record : database.records()) {
        for (const auto& [key, value] : database.infos(record)) {
            if (key != group_item) {
                continue;
            }
            const InfoMarks* const marks = database.info_marks(record);
            const std::string name(database.name(record));
            const auto locate = [&](std::size_t offset) {
                return marks == nullptr ? base::Place{.file = fmt::format("info({}) of {}", group_item, name)}
                                        : marks->place(offset);
            };
            read_groups({value, name + '.', locate}, limits.json_depth, definitions, report);
        }
    }
}

std::vector<std::string> split_trigger(std::string_view trigger)
{
    std::vector<std::string> names;
    while (!trigger.empty()) {
        const std::size_t comma = std::min(trigger.find(','), trigger.size());
        std::string_view name = trigger.substr(0, comma);
        name.remove_prefix(std::min(name.find_first_not_of(" \t"), name.size()));
        name = name.substr(0, name.find_last_not_of(" \t") + 1);
        names.emplace_back(name);
        trigger.remove_prefix(std::min(comma + 1, trigger.size()));
    }
    return names;
}

bool wants_channel(Kind kind)
{
    return kind != Kind::structure && kind != Kind::constant;
}

/// By +putorder, those without first, then by name.
std::vector<Part> in_order(const Definition& definition)
{
    std::vector<Part> parts;
    for (const auto& [name, field] : definition.fields) {
        parts.push_back({&name, &field});
    }
    std::ranges::stable_sort(parts, {}, [](const Part& part) {
        return part.definition->put_order.value_or(std::numeric_limits<std::int64_t>::min());
    });
    return parts;
}

} // namespace

Definitions Groups::read(std::span<const GroupFile> files, const base::Limits& limits, Report& report) const
{
    Definitions definitions;
    read_items(database_, limits, definitions, report);
    for (const GroupFile& file : files) {
        read_groups(file, limits.json_depth, definitions, report);
    }
    return definitions;
}

Report Groups::build(std::span<const GroupFile> files, const base::Limits& limits)
{
    Report report;
    for (auto& [name, definition] : read(files, limits, report)) {
        if (!definition.broken && is_sound(name, definition, report)) {
            make(name, definition, report);
        }
    }
    return report;
}

Report Groups::check(std::span<const GroupFile> files, const base::Limits& limits) const
{
    Report report;
    for (const auto& [name, definition] : read(files, limits, report)) {
        if (definition.broken || !is_sound(name, definition, report)) {
            continue;
        }
        for (const auto& [field_name, field] : definition.fields) {
            const std::string_view channel = field.channel;
            pv::Presence found = pv::Presence::here;
            if (wants_channel(field.kind)) {
                database_.find({&channel, 1}, {&found, 1});
            }
            if (found == pv::Presence::absent) {
                report.error(field.place, about(name, field_name) + fmt::format("there is no '{}'", channel));
            }
        }
    }
    return report;
}

bool Groups::is_sound(const std::string& name, const Definition& definition, Report& report) const
{
    if (database_.find(name)) {
        report.error(definition.place,
                     fmt::format("group \"{}\": a record has this name; give the group another", name));
        return false;
    }
    if (definition.fields.size() > most_fields) {
        report.error(definition.place, fmt::format("group \"{}\" has {} fields, at most {} are served; split it", name,
                                                   definition.fields.size(), most_fields));
        return false;
    }
    bool good = true;
    for (const auto& [field_name, field] : definition.fields) {
        if (wants_channel(field.kind) && field.channel.empty()) {
            report.error(field.place,
                         about(name, field_name) + fmt::format("+type \"{}\" needs a +channel", to_string(field.kind)));
            good = false;
        } else if (!wants_channel(field.kind) && !field.channel.empty()) {
            report.warning(field.place, about(name, field_name) + fmt::format("+type \"{}\" has no +channel; it is not "
                                                                              "followed",
                                                                              to_string(field.kind)));
        }
        if (field.kind == Kind::constant && field.constant.empty()) {
            report.error(field.place, about(name, field_name) + "+type \"const\" needs a +const");
            good = false;
        }
        if (field.kind != Kind::structure && !field.id.empty()) {
            report.warning(field.place, about(name, field_name) + "+id is followed with +type \"structure\" only");
        }
    }
    return good;
}

void Groups::make(const std::string& name, Definition& definition, Report& report)
{
    std::vector<Part> parts = in_order(definition);
    std::vector<pv::OpenRequest> requests;
    for (const Part& part : parts) {
        if (wants_channel(part.definition->kind)) {
            requests.push_back({part.definition->channel, pv::Token{requests.size()}});
        }
    }
    database_.open(requests, pv::Peer{}, *this);
    const std::vector<pv::Opened> opened = std::exchange(answers_, {});
    bool good = true;
    auto answer = opened.begin();
    for (Part& part : parts) {
        if (!wants_channel(part.definition->kind)) {
            continue;
        }
        if (!answer->status.ok()) {
            report.error(part.definition->place, about(name, *part.name) + answer->status.text);
            good = false;
        }
        part.meta = answer->meta.get();
        ++answer;
    }
    auto group = std::make_unique<Group>();
    group->name = name;
    if (!good || !open_members(*group, definition.id, parts, opened, report)) {
        for (const pv::Opened& one : opened) {
            if (one.status.ok()) {
                database_.close(one.channel);
            }
        }
        return;
    }
    link_triggers(*group, parts, report);
    group->first_token = members_.size();
    for (std::uint32_t i = 0; i < group->members.size(); ++i) {
        members_.emplace_back(group.get(), i);
    }
    groups_.emplace(name, std::move(group));
}

bool Groups::open_members(Group& group, const std::string& id, std::span<const Part> parts,
                          std::span<const pv::Opened> opened, Report& report)
{
    auto shape = make_shape(id, parts);
    if (!shape) {
        const FieldDefinition* const field = shape.error().definition;
        const auto part = std::ranges::find(parts, field, &Part::definition);
        report.error(field == nullptr ? parts.front().definition->place : field->place,
                     about(group.name, part == parts.end() ? std::string() : *part->name) + shape.error().what);
        return false;
    }
    auto meta = std::make_shared<pv::Meta>();
    meta->type = pv::ScalarType::structure;
    meta->structure = shape->type;
    group.meta = std::move(meta);
    group.state.emplace(shape->type);
    group.state->place(shape->atomic, pv::Value::of(true));
    auto answer = opened.begin();
    for (std::size_t i = 0; i < parts.size(); ++i) {
        Member& member = group.members.emplace_back();
        member.mapping = std::move(shape->mappings[i]);
        if (wants_channel(member.mapping.kind)) {
            member.channel_name = parts[i].definition->channel;
            member.channel = (answer++)->channel;
        } else if (member.mapping.kind == Kind::constant) {
            place(*group.state, member.mapping.leaves.front().second, member.mapping.constant);
        }
    }
    return true;
}

/// A group without any trigger has each field trigger itself (QSRV 2).
void Groups::link_triggers(Group& group, std::span<const Part> parts, Report& report)
{
    const bool none = std::ranges::all_of(parts, [](const Part& part) { return part.definition->trigger.empty(); });
    std::vector<std::string_view> names;
    for (const Part& part : parts) {
        names.push_back(*part.name);
    }
    for (std::uint32_t i = 0; i < parts.size(); ++i) {
        std::vector<std::uint32_t>& targets = group.members[i].targets;
        if (none && wants_channel(group.members[i].mapping.kind)) {
            targets.push_back(i);
        }
        for (const std::string& name : split_trigger(parts[i].definition->trigger)) {
            const auto found = std::ranges::find(names, name);
            if (name == "*") {
                for (std::uint32_t target = 0; target < parts.size(); ++target) {
                    targets.push_back(target);
                }
            } else if (found == names.end()) {
                report.warning(
                    parts[i].definition->place,
                    about(group.name, *parts[i].name) +
                        fmt::format("+trigger names \"{}\", which is no field of the group, so it is not followed{}",
                                    name, base::did_you_mean(name, names)));
            } else {
                targets.push_back(static_cast<std::uint32_t>(found - names.begin()));
            }
        }
        std::ranges::sort(targets);
        const auto [first, last] = std::ranges::unique(targets);
        targets.erase(first, last);
    }
}

} // namespace iochron::db::group
