#pragma once

#include "base/problem.h"
#include "pv/value.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace iochron::db::group {

/// How a field of a record is shown in a group: +type.
enum class Kind : std::uint8_t {
    scalar,    ///< as NTScalar, NTScalarArray or NTEnum
    plain,     ///< its value alone
    any,       ///< its value alone, in a variant
    meta,      ///< alarm and timeStamp
    proc,      ///< not at all: it is processed by a put
    structure, ///< no field of a record: a structure with an id
    constant,  ///< no field of a record: a value that stays
};

/// The texts to which +type may be set, by Kind.
[[nodiscard]] std::string_view to_string(Kind kind);

/// One mapping of a group, as the texts have it.
struct FieldDefinition {
    base::Place place; ///< of its name, where it first occurs
    Kind kind = Kind::scalar;
    std::string id;
    std::string channel; ///< "record.FIELD"
    std::string trigger; ///< "", "*", or names with commas between
    std::optional<std::int64_t> put_order{};
    pv::Value constant;
};

struct Definition {
    base::Place place; ///< of its name, where it first occurs
    std::string id;
    std::optional<bool> atomic{};
    std::map<std::string, FieldDefinition> fields;
    bool broken = false; ///< an error of it was reported: it cannot be served
};

using Definitions = std::map<std::string, Definition>;

inline constexpr std::size_t most_fields = 4096; ///< of a group

/// What is wrong with groups: "file:line:column: what; the remedy". Errors keep a group, or a whole text, from being
/// served; warnings do not.
struct Report {
    static constexpr std::size_t most = 100; ///< of each; what is beyond is counted

    void error(const base::Place& place, std::string_view what) { note(errors, place, what); }
    void warning(const base::Place& place, std::string_view what) { note(warnings, place, what); }

    std::vector<std::string> errors;
    std::vector<std::string> warnings;
    std::size_t more = 0;

  private:
    void note(std::vector<std::string>& to, const base::Place& place, std::string_view what);
};

/// A text with groups, and how its bytes are found again where the user wrote them.
struct Text {
    std::string_view text;
    /// Put before each +channel: "record." for the info item of that record, nothing for a file.
    std::string prefix;
    std::function<base::Place(std::size_t offset)> locate;
};

/// Reads the groups of a text into `into`, where what comes later amends what is there, key by key (QSRV 2). A text
/// that is no JSON is left out whole.
void read_groups(const Text& text, std::size_t most_depth, Definitions& into, Report& report);

/// A file with groups, with its macros expanded.
struct GroupFile {
    std::string name;
    std::string text;
};
void read_groups(const GroupFile& file, std::size_t most_depth, Definitions& into, Report& report);

} // namespace iochron::db::group
