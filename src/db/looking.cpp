#include "db/core.h"
#include "db/record_fields.h"
#include "db/types/all.h"

#include <fmt/format.h>

#include <algorithm>

namespace iochron::db {

std::optional<RecordId> Database::find(std::string_view name) const
{
    const auto id = core_->names.find(name);
    return id ? std::optional(RecordId{*id}) : std::nullopt;
}

std::size_t Database::size() const
{
    return core_->records.size() - core_->deleted;
}

std::vector<RecordId> Database::records(std::string_view type) const
{
    std::vector<RecordId> ids;
    ids.reserve(type.empty() ? size() : 0);
    core_->records.each([&](const Record& record) {
        if (type.empty() || core_->type(record).name == type) {
            ids.push_back(record.id);
        }
    });
    return ids;
}

std::string_view Database::name(RecordId record) const
{
    return core_->name(core_->records[record]);
}

const RecordType& Database::type(RecordId record) const
{
    return core_->type(core_->records[record]);
}

std::vector<std::string_view> Database::aliases(RecordId record) const
{
    std::vector<std::string_view> names;
    for (const auto& [of, place] : core_->aliases) {
        if (of == record) {
            names.push_back(core_->names.text(place));
        }
    }
    return names;
}

std::vector<std::pair<std::string_view, std::string_view>> Database::infos(RecordId record) const
{
    const auto found = core_->infos.find(record);
    if (found == core_->infos.end()) {
        return {};
    }
    return {found->second.begin(), found->second.end()};
}

const InfoMarks* Database::info_marks(RecordId record) const
{
    const auto found = core_->info_marks.find(record);
    return found == core_->info_marks.end() || found->second.marks.empty() ? nullptr : &found->second;
}

std::expected<std::string, Error> Database::text(RecordId id, std::string_view field) const
{
    const Record& record = core_->records[id];
    const Field* const found = core_->type(record).find(field);
    if (found == nullptr || found->get == nullptr) {
        return std::unexpected(fmt::format("{} has no field '{}' to read", core_->name(record), field));
    }
    return core_->format(record, *found);
}

std::vector<FieldText> Database::changed_fields(RecordId id) const
{
    const Record& record = core_->records[id];
    std::vector<FieldText> fields;
    for (const Field& field : core_->type(record).fields) {
        const bool settable = field.set != nullptr && !field.has(hidden) && !field.has(attribute);
        if (settable && !(core_->get(record, field) == field.initial_value)) {
            fields.push_back({field.name, core_->format(record, field)});
        }
    }
    return fields;
}

std::vector<FieldText> Database::all_fields(RecordId id) const
{
    const Record& record = core_->records[id];
    std::vector<FieldText> fields;
    for (const Field& field : core_->type(record).fields) {
        if (field.get != nullptr) {
            fields.push_back({field.name, core_->format(record, field)});
        }
    }
    return fields;
}

std::span<const RecordType* const> Database::types()
{
    return all_types();
}

const RecordType* Database::type(std::string_view name)
{
    const auto found = std::ranges::find(all_types(), name, &RecordType::name);
    return found == all_types().end() ? nullptr : *found;
}

std::size_t Database::memory_bytes() const
{
    const Core& core = *core_;
    return core.records.memory_bytes() + core.names.memory_bytes() + core.cold.memory_bytes() +
           core.links.memory_bytes() + core.posts.more.memory_bytes() + core.posts.streams.memory_bytes() +
           core.scans.memory_bytes() + core.channels.memory_bytes() + core.blocks.memory_bytes();
}

} // namespace iochron::db
