#include "db/record_type.h"

#include "db/record_fields.h"
#include "db/soft_devices.h"
#include "db/text.h"

#include <cassert>

namespace iochron::db {

namespace {

constexpr std::size_t buckets = 256;

std::size_t bucket_of(std::string_view name)
{
    std::size_t hash = name.size();
    for (const char c : name) {
        hash = hash * 31 + static_cast<unsigned char>(c);
    }
    return hash % buckets;
}

pv::Value initial_value(const Field& field)
{
    if (field.type == Dbf::noaccess) {
        return {};
    }
    if (is_link(field.type)) {
        return pv::Value::of(std::string_view{});
    }
    if (field.menu != nullptr) {
        if (const auto index = index_of(field.menu->choices, field.initial)) {
            return pv::Value::enumeration(static_cast<std::uint16_t>(*index));
        }
    }
    const auto value = parse_scalar(field.initial, field.type, field.size);
    assert(value);
    return *value;
}

} // namespace

RecordType complete_type(RecordType type)
{
    std::vector<Field> fields = common_table();
    for (Field& own : type.fields) {
        fields.push_back(std::move(own));
    }
    type.fields = std::move(fields);
    type.value_field = common_fields;
    type.by_name.assign(2 * buckets, no_field);
    for (FieldIndex i = 0; i < type.fields.size(); ++i) {
        Field& field = type.fields[i];
        field.index = i;
        field.initial_value = initial_value(field);
        std::size_t slot = bucket_of(field.name);
        while (type.by_name[slot] != no_field) {
            slot = (slot + 1) % type.by_name.size();
        }
        type.by_name[slot] = i;
    }
    if (const Field* const siml = type.find("SIML")) {
        type.simulation = siml->index;
    }
    type.output = type.find("OUT") != nullptr;
    add_soft_devices(type);
    assert(type.fields[type.value_field].name == "VAL");
    return type;
}

const Field* RecordType::find(std::string_view field) const
{
    if (field.empty()) {
        return &fields[value_field];
    }
    for (std::size_t slot = bucket_of(field); by_name[slot] != no_field; slot = (slot + 1) % by_name.size()) {
        if (fields[by_name[slot]].name == field) {
            return &fields[by_name[slot]];
        }
    }
    return nullptr;
}

} // namespace iochron::db
