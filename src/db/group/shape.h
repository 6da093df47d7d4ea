#pragma once

#include "db/group/definition.h"
#include "pv/normative.h"
#include "pv/sample.h"
#include "pv/structure.h"

#include <cstdint>
#include <expected>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace iochron::db::group {

/// To a place in a structure: a field by its number, in an element of an array of structures if there is a next step.
struct Step {
    std::uint32_t field = 0;
    std::uint32_t index = 0; ///< the element; of the last step 0
};
using Way = std::vector<Step>;

/// Puts a value of the right type there; arrays of structures grow as need be, with nulls between.
void place(pv::Structure& to, std::span<const Step> way, pv::Value value);
/// The value there; null where a put brings none, or an array has no such element.
[[nodiscard]] const pv::Value* marked(const pv::Structure& put, std::span<const Step> way);

/// One mapping, with its places in the group's structure.
struct Mapping {
    std::string name;
    Kind kind = Kind::scalar;
    bool writable = false; ///< has a +putorder
    pv::TypeRef normative; ///< as what its field is seen by itself (scalar, plain, any); null otherwise
    pv::TypeRef value;     ///< the type of that value
    /// Fields of `normative` and where they go: of plain and any the value alone; of meta those of alarm and timeStamp,
    /// numbered from 0.
    std::vector<std::pair<std::uint32_t, Way>> leaves;
    bool characters = false; ///< a text that is written is an array of characters to its field
    Way value_way;           ///< of what a put writes; empty where there is nothing to write
    pv::BitSet changing;     ///< fields of the group's structure that change with an update of the value
    pv::BitSet all;          ///< these and the properties
    pv::Value constant;
};

/// A group's structure and its mappings, in the order in which a put goes.
struct Shape {
    pv::TypeRef type;
    std::vector<Mapping> mappings;
    std::uint32_t atomic = 0; ///< the field record._options.atomic
};

/// A mapping's definition, and the Meta of its channel where it has one.
struct Part {
    const std::string* name = nullptr;
    const FieldDefinition* definition = nullptr;
    const pv::Meta* meta = nullptr;
};

/// What cannot be, of which mapping and why.
struct ShapeFault {
    const FieldDefinition* definition = nullptr;
    std::string what;
};

/// The structure of a group: "record" with its options, then the mappings' members in the order given, those of one
/// name merged.
[[nodiscard]] std::expected<Shape, ShapeFault> make_shape(std::string id, std::span<const Part> parts);

/// Takes a sample of the mapping's channel over into the group's structure.
void take(pv::Structure& to, const Mapping& mapping, const pv::Sample& sample, const pv::Meta& meta, pv::Parts parts);

} // namespace iochron::db::group
