#include "base/nearest.h"
#include "db/core.h"
#include "db/record_fields.h"
#include "db/types/all.h"

#include <fmt/format.h>

#include <algorithm>

namespace iochron::db {

namespace {

constexpr std::size_t most_name_bytes = 60;

/// What is wrong with the name of a record; empty if nothing.
std::string fault_of(std::string_view name)
{
    if (name.empty() || name.size() > most_name_bytes) {
        return fmt::format("a record name has 1 to {} characters, '{}' has {}", most_name_bytes, name, name.size());
    }
    for (const char c : name) {
        if (static_cast<unsigned char>(c) <= ' ' || c == '.' || c == '\'' || c == '"' || c == '$') {
            return fmt::format("a record name has no blank, '.', '$' or quote; '{}' has", name);
        }
    }
    return {};
}

std::vector<std::string_view> names_of(std::span<const RecordType* const> types)
{
    std::vector<std::string_view> names;
    for (const RecordType* type : types) {
        names.push_back(type->name);
    }
    return names;
}

void remember(Core& core, Record& record, const Field& field)
{
    if (core.undo && !record.is(flag_fresh)) {
        core.undo->puts.push_back({record.id, field.index, core.format(record, field), record.is(flag_udf)});
    }
}

std::expected<void, Error> put_text(Core& core, Record& record, const Field& field, std::string_view text)
{
    if (is_link(field.type)) {
        const pv::Status status = core.put_link(record, field, text);
        return status.ok() ? std::expected<void, Error>{} : std::unexpected(status.text);
    }
    const auto value = core.parse(record, field, text);
    if (!value) {
        return std::unexpected(value.error());
    }
    const pv::Status status = core.store(record, field, *value);
    if (!status.ok()) {
        return std::unexpected(status.text);
    }
    if (field.index == core.type(record).value_field) {
        record.set(flag_udf, false);
    } else if (field.index == field_utag) {
        record.set(flag_user_tag, value->as_double() != 0);
    }
    return {};
}

} // namespace

std::expected<RecordId, Error> Database::create(std::string_view type, std::string_view name)
{
    Core& core = *core_;
    if (const auto known = core.names.find(name)) {
        const RecordId id{*known};
        if (type != "*" && type != core.type(core.records[id]).name) {
            return std::unexpected(
                fmt::format("'{}' is there already, as a record of type {}", name, core.type(core.records[id]).name));
        }
        return id;
    }
    if (type == "*") {
        return std::unexpected(fmt::format("there is no record '{}' to amend", name));
    }
    if (std::string fault = fault_of(name); !fault.empty()) {
        return std::unexpected(std::move(fault));
    }
    if (core.started) {
        return std::unexpected("the database runs, so no record can be added");
    }
    if (core.records.size() >= core.with.limits.records) {
        return std::unexpected(fmt::format("there are {} records, which is the limit", core.records.size()));
    }
    const auto found = std::ranges::find(core.types, type, &RecordType::name);
    if (found == core.types.end()) {
        return std::unexpected(
            fmt::format("unknown record type '{}'{}", type, base::did_you_mean(type, names_of(core.types))));
    }
    Record& record = core.records.make(**found, static_cast<std::uint8_t>(found - core.types.begin()));
    record.name = static_cast<std::uint32_t>(*core.names.insert(name, static_cast<std::uint32_t>(record.id)));
    if ((*found)->adopt != nullptr) {
        (*found)->adopt(core, record);
    }
    if (core.undo) {
        record.set(flag_fresh);
        core.undo->created.push_back(record.id);
    }
    return record.id;
}

std::expected<void, Error> Database::put_text(RecordId id, std::string_view field, std::string_view text)
{
    Core& core = *core_;
    Record& record = core.records[id];
    const RecordType& type = core.type(record);
    const Field* const found = field.empty() ? nullptr : type.find(field);
    if (found == nullptr) {
        std::vector<std::string_view> known;
        for (const Field& each : type.fields) {
            known.push_back(each.name);
        }
        return std::unexpected(
            fmt::format("a record of type {} has no field '{}'{}", type.name, field, base::did_you_mean(field, known)));
    }
    if (found->set == nullptr) {
        return std::unexpected(fmt::format("field {} cannot be set", field));
    }
    remember(core, record, *found);
    return db::put_text(core, record, *found, text);
}

std::expected<void, Error> Database::add_device(std::string_view type, Device device)
{
    const auto found = std::ranges::find(core_->types, type, &RecordType::name);
    if (found == core_->types.end() || (*found)->devices.empty()) {
        return std::unexpected(fmt::format("records of type '{}' have no devices", type));
    }
    auto& devices = core_->devices[static_cast<std::size_t>(found - core_->types.begin())];
    if (std::ranges::find(devices, device.name, &Device::name) != devices.end() || devices.size() == UINT8_MAX) {
        return std::unexpected(fmt::format("{} has a device kind '{}' already, or too many", type, device.name));
    }
    devices.push_back(std::move(device));
    return {};
}

std::expected<void, Error> Database::alias(RecordId record, std::string_view name)
{
    if (std::string fault = fault_of(name); !fault.empty()) {
        return std::unexpected(std::move(fault));
    }
    const auto place = core_->names.insert(name, static_cast<std::uint32_t>(record));
    if (!place) {
        if (core_->names.find(name) == static_cast<std::uint32_t>(record)) {
            return {};
        }
        return std::unexpected(fmt::format("the name '{}' is taken", name));
    }
    core_->aliases.emplace_back(record, *place);
    if (core_->undo) {
        core_->undo->aliases.emplace_back(name);
    }
    return {};
}

void Database::info(RecordId record, std::string_view key, std::string_view value, InfoMarks marks)
{
    if (key == group_item) {
        core_->info_marks[record] = std::move(marks);
    }
    auto& items = core_->infos[record];
    if (core_->undo && !core_->records[record].is(flag_fresh)) {
        core_->undo->infos.emplace_back(record, items);
    }
    const auto found = std::ranges::find(items, key, [](const auto& item) { return std::string_view(item.first); });
    if (found != items.end()) {
        found->second = value;
    } else {
        items.emplace_back(key, value);
    }
}

std::expected<void, Error> Database::remove(RecordId id)
{
    Core& core = *core_;
    if (core.started) {
        return std::unexpected("the database runs, so no record can be taken out");
    }
    Record& record = core.records[id];
    core.names.erase(core.name(record));
    record.set(flag_deleted);
    ++core.deleted;
    if (core.undo) {
        core.undo->removed.push_back(id);
    } else {
        core.release(record);
    }
    std::erase_if(core.aliases, [&](const auto& alias) {
        return alias.first == id && core.names.erase(core.names.text(alias.second));
    });
    return {};
}

void Database::begin()
{
    core_->undo.emplace();
}

void Database::commit()
{
    for (const RecordId id : core_->undo->created) {
        core_->records[id].set(flag_fresh, false);
    }
    for (const RecordId id : core_->undo->removed) {
        core_->release(core_->records[id]);
    }
    core_->undo.reset();
}

void Database::abort()
{
    Core& core = *core_;
    Undo undo = std::move(*core.undo);
    core.undo.reset();
    for (const std::string& alias : undo.aliases) {
        std::erase_if(core.aliases, [&](const auto& entry) { return core.names.text(entry.second) == alias; });
        core.names.erase(alias);
    }
    for (const RecordId id : undo.removed) {
        Record& record = core.records[id];
        record.set(flag_deleted, false);
        --core.deleted;
        const std::string name(core.name(record));
        if (const auto place = core.names.insert(name, static_cast<std::uint32_t>(id))) {
            record.name = static_cast<std::uint32_t>(*place);
        }
    }
    for (auto put = undo.puts.rbegin(); put != undo.puts.rend(); ++put) {
        Record& record = core.records[put->record];
        (void)db::put_text(core, record, core.field(record, put->field), put->text); // it was so before
        record.set(flag_udf, put->udf);
    }
    for (auto info = undo.infos.rbegin(); info != undo.infos.rend(); ++info) {
        core.infos[info->first] = std::move(info->second);
    }
    for (auto id = undo.created.rbegin(); id != undo.created.rend(); ++id) {
        Record& record = core.records[*id];
        core.release(record);
        core.names.erase(core.name(record));
        core.records.drop_last(record.type);
    }
}

} // namespace iochron::db
