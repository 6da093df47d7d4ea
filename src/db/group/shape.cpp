#include "db/group/shape.h"

#include "base/problem.h"
#include "db/group/field_name.h"
#include "db/group/member.h"

#include <fmt/format.h>

#include <array>

namespace iochron::db::group {
namespace {

using pv::ScalarType;
using pv::Structure;
using pv::TypeRef;
using pv::Value;

/// The members of a mapping of kind meta.
const TypeRef& meta_type()
{
    static const TypeRef type = pv::structure("", {{"alarm", pv::alarm_type()}, {"timeStamp", pv::time_type()}});
    return type;
}
constexpr std::array<std::string_view, 6> meta_leaves = {"alarm.severity",        "alarm.status",
                                                         "alarm.message",         "timeStamp.secondsPastEpoch",
                                                         "timeStamp.nanoseconds", "timeStamp.userTag"};

const TypeRef& record_type()
{
    static const TypeRef type =
        pv::structure("", {{"_options", pv::structure("", {{"queueSize", pv::scalar(ScalarType::int32)},
                                                           {"atomic", pv::scalar(ScalarType::boolean)}})}});
    return type;
}

std::uint32_t value_field(const pv::Type& normative)
{
    return pv::layout_of(normative).value;
}

/// As what the channel's field is seen by itself; an enumeration of which the value alone is wanted, as its index.
TypeRef normative_of(Kind kind, const pv::Meta& meta)
{
    TypeRef type = pv::normative_type(meta);
    const bool is_enum = type->id().starts_with("epics:nt/NTEnum:");
    return is_enum && kind != Kind::scalar ? pv::nt_scalar(ScalarType::uint16) : type;
}

/// The type of the member that a mapping makes; null: none.
TypeRef member_type(const Mapping& mapping, const FieldDefinition& definition)
{
    switch (mapping.kind) {
    case Kind::scalar:
        return mapping.normative;
    case Kind::plain:
        return mapping.value;
    case Kind::any:
        return pv::any_type();
    case Kind::meta:
        return meta_type();
    case Kind::structure:
        return pv::structure(definition.id, {});
    case Kind::constant:
        return pv::type_of(mapping.constant);
    case Kind::proc:
        break;
    }
    return nullptr;
}

/// From the group's structure to a member below a mapping's name.
Way way_to(const pv::Type& type, std::span<const NamePart> parts, std::string_view member)
{
    Way way;
    const pv::Type* inside = &type;
    std::string path;
    for (const NamePart& part : parts) {
        path.append(path.empty() ? "" : ".").append(part.name);
        if (part.index) {
            const std::uint32_t field = inside->find(path).value();
            way.push_back({field, *part.index});
            inside = inside->fields()[field].type->element().get();
            path.clear();
        }
    }
    if (!member.empty()) {
        path.append(path.empty() ? "" : ".").append(member);
    }
    way.push_back({inside->find(path).value(), 0});
    return way;
}

void find_leaves(Mapping& mapping, const pv::Type& type, std::span<const NamePart> parts)
{
    const auto add = [&](std::uint32_t leaf, std::string_view member, bool changes) {
        Way way = way_to(type, parts, member);
        mapping.all.set(way.front().field);
        if (changes) {
            mapping.changing.set(way.front().field);
        }
        mapping.leaves.emplace_back(leaf, std::move(way));
    };
    if (mapping.kind == Kind::meta) {
        for (std::uint32_t i = 0; i < meta_leaves.size(); ++i) {
            add(i, meta_leaves[i], true);
        }
    } else if (mapping.kind == Kind::scalar) {
        const pv::Type& normative = *mapping.normative;
        const pv::NormativeLayout at = pv::layout_of(normative);
        const std::uint32_t first_property = normative.fields()[at.time].end;
        const pv::BitSet leaves = pv::leaves(normative);
        for (std::size_t i = leaves.next(0); i != pv::BitSet::none_left; i = leaves.next(i + 1)) {
            const auto leaf = static_cast<std::uint32_t>(i);
            const bool choices = leaf > at.value && leaf < at.alarm;
            add(leaf, normative.path(leaf), leaf < first_property && !choices);
        }
        mapping.value_way = way_to(type, parts, normative.path(at.value));
    } else if (mapping.kind == Kind::plain || mapping.kind == Kind::any) {
        add(value_field(*mapping.normative), "", true);
        mapping.value_way = mapping.leaves.front().second;
    } else if (mapping.kind == Kind::constant) {
        add(0, "", false);
    }
}

Mapping mapping_of(const Part& part)
{
    Mapping mapping;
    mapping.name = *part.name;
    mapping.kind = part.definition->kind;
    mapping.writable = part.definition->put_order.has_value();
    mapping.constant = part.definition->constant;
    const bool shows_value = mapping.kind == Kind::scalar || mapping.kind == Kind::plain || mapping.kind == Kind::any;
    if (shows_value) {
        mapping.normative = normative_of(mapping.kind, *part.meta);
        mapping.characters = pv::shows_text(*part.meta);
        mapping.value = TypeRef(mapping.normative, mapping.normative->fields()[value_field(*mapping.normative)].type);
    }
    return mapping;
}

void take_meta(Structure& to, const Mapping& mapping, const pv::Sample& sample, const pv::Meta& meta)
{
    const pv::NormativeTime time = pv::normative_time(sample, meta);
    const std::array<Value, meta_leaves.size()> values = {Value::of(static_cast<std::int32_t>(sample.alarm.severity)),
                                                          Value::of(pv::normative_status(sample.alarm.status)),
                                                          Value::of(pv::normative_message(sample)),
                                                          Value::of(time.seconds),
                                                          Value::of(time.nanoseconds),
                                                          Value::of(time.user_tag)};
    for (const auto& [leaf, way] : mapping.leaves) {
        place(to, way, values[leaf]);
    }
}

} // namespace

void place(Structure& to, std::span<const Step> way, Value value)
{
    const Step& step = way.front();
    if (way.size() == 1) {
        to.place(step.field, std::move(value));
        return;
    }
    const std::vector<Value>* const before = to.at(step.field).compounds();
    std::vector<Value> elements = before == nullptr ? std::vector<Value>{} : *before;
    if (elements.size() <= step.index) {
        elements.resize(step.index + 1);
    }
    const Structure* const was = elements[step.index].structure();
    Structure element = was == nullptr ? Structure(to.type()->fields()[step.field].type->element()) : *was;
    place(element, way.subspan(1), std::move(value));
    elements[step.index] = Value::of(std::move(element));
    to.place(step.field, Value::compounds(std::move(elements)));
}

const Value* marked(const Structure& put, std::span<const Step> way)
{
    const Step* step = way.data();
    if (way.empty() || !put.marked().test(step->field)) {
        return nullptr;
    }
    const Structure* inside = &put;
    for (; step + 1 != way.data() + way.size(); ++step) {
        const std::vector<Value>* const elements = inside->at(step->field).compounds();
        inside =
            elements == nullptr || step->index >= elements->size() ? nullptr : (*elements)[step->index].structure();
        if (inside == nullptr) {
            return nullptr;
        }
    }
    return &inside->at(step->field);
}

std::expected<Shape, ShapeFault> make_shape(std::string id, std::span<const Part> parts)
{
    Shape shape;
    MemberTree tree;
    (void)tree.add({}, pv::structure("", {{"record", record_type()}})); // the first, so nothing is in its way
    for (const Part& part : parts) {
        const Mapping& mapping = shape.mappings.emplace_back(mapping_of(part));
        const TypeRef type = member_type(mapping, *part.definition);
        if (!type) {
            continue;
        }
        if (part.name->empty() && mapping.kind != Kind::meta) {
            return std::unexpected(ShapeFault{part.definition, "only +type \"meta\" goes without a name"});
        }
        if (std::string wrong = tree.add(*parse_field_name(*part.name), type); !wrong.empty()) {
            return std::unexpected(ShapeFault{part.definition, std::move(wrong)});
        }
    }
    try {
        shape.type = tree.type(std::move(id));
    } catch (const base::Problem& problem) {
        return std::unexpected(ShapeFault{nullptr, problem.what()});
    }
    for (Mapping& mapping : shape.mappings) {
        find_leaves(mapping, *shape.type, *parse_field_name(mapping.name));
    }
    shape.atomic = shape.type->find("record._options.atomic").value();
    return shape;
}

void take(Structure& to, const Mapping& mapping, const pv::Sample& sample, const pv::Meta& meta, pv::Parts parts)
{
    if (mapping.kind == Kind::meta) {
        if (parts != pv::Parts::property) {
            take_meta(to, mapping, sample, meta);
        }
        return;
    }
    if (!mapping.normative || (mapping.kind != Kind::scalar && parts == pv::Parts::property)) {
        return;
    }
    const Structure all = pv::to_structure(mapping.normative, sample, meta, parts);
    for (const auto& [leaf, way] : mapping.leaves) {
        if (all.marked().test(leaf)) {
            place(to, way, mapping.kind == Kind::any ? Value::of(pv::Any{mapping.value, all.at(leaf)}) : all.at(leaf));
        }
    }
}

} // namespace iochron::db::group
