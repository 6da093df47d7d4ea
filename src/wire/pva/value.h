#pragma once

#include "base/reader.h"
#include "pv/structure.h"
#include "wire/pva/encoder.h"
#include "wire/pva/type.h"

#include <cstddef>
#include <utility>

namespace iochron::wire::pva {

/// A whole value of this type; a value that holds nothing is written as what its type begins with. Numbers must be of
/// the type itself (Structure::set sees to that).
void write_full(Encoder& encoder, const pv::Type& type, const pv::Value& value);
void write_full(Encoder& encoder, const pv::Structure& structure);
/// What is marked: the bit set, then those fields.
void write_marked(Encoder& encoder, const pv::Structure& structure);
/// The marked fields alone, for messages that carry the bit set elsewhere.
void write_fields(Encoder& encoder, const pv::Structure& structure, const pv::BitSet& fields);
/// A type, then a whole value of it; no type where there is no value.
void write_typed(Encoder& encoder, const pv::Value& value);

/// Reads values of one message. What a peer can make us allocate stays in proportion to what it sends: structures
/// inside one another, elements and fields are counted. After a fault everything reads as nothing.
/// Thread: shard
class ValueReader {
  public:
    /// `types` belongs to the direction of the connection from which the message came. `holder`: see read_elements().
    ValueReader(base::Reader& reader, TypeCache& types, pv::BufferRef holder = {})
        : reader_(reader), types_(types), holder_(std::move(holder)), fields_left_(most_fields(reader))
    {}

    [[nodiscard]] pv::Value full(const pv::TypeRef& type);
    /// A bit set, and the fields that it marks, put into `into` and marked there. A mark of a structure stands for all
    /// in it.
    void marked(pv::Structure& into);
    /// A type and a whole value of it; no value where there is no type.
    [[nodiscard]] pv::Value typed();

  private:
    static constexpr std::size_t most_levels = 2 * pv::Type::max_depth;
    /// Every field but a structure takes a byte at least, and structures that hold nothing are rare.
    [[nodiscard]] static std::size_t most_fields(const base::Reader& reader) { return 1'000 + 8 * reader.left(); }

    [[nodiscard]] pv::Value one(const pv::Type& type, const pv::TypeRef& owner);
    [[nodiscard]] pv::Value number(pv::ScalarType type);
    [[nodiscard]] pv::Value array(const pv::Type& type);
    [[nodiscard]] pv::Value structure(pv::TypeRef type);
    [[nodiscard]] pv::Value choice(pv::TypeRef type);
    [[nodiscard]] pv::Value any();
    [[nodiscard]] pv::Value compounds(const pv::TypeRef& element);

    base::Reader& reader_;
    TypeCache& types_;
    pv::BufferRef holder_;
    std::size_t fields_left_;
    std::size_t level_ = 0;
};

} // namespace iochron::wire::pva
