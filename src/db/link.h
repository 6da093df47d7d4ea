#pragma once

#include "db/field.h"
#include "db/nodes.h"
#include "db/record.h"
#include "pv/value.h"

#include <expected>
#include <string>
#include <string_view>
#include <unordered_map>

namespace iochron::db {

enum class LinkKind : std::uint8_t {
    none,
    number,   ///< a constant number
    constant, ///< any other constant: "text", [1, 2, 3], {const: 5}; read by constant()
    device,   ///< an address for device support: "@..." or "#..."
    record,   ///< a field of a record of this database
    wanted,   ///< a field of a record that is not there (yet)
    remote,   ///< a PV of another IOC (db/remotes.h)
};

enum LinkFlag : std::uint8_t {
    link_pp = 1,
    link_cp = 2,
    link_cpp = 4,
    link_ca = 8,
    link_time = 16,      ///< TSEL to a TIME field: the stamp is taken, not a value
    link_has_field = 32, ///< the text named the field, so that it does so when read back
    link_listens = 64,   ///< its monitor is subscribed
    link_awaits = 128,   ///< INP of "Async Soft Channel": the target processes as by a put with completion
};

/// NMS, MS, MSI, MSS: whose alarm a record inherits.
enum class Inherit : std::uint8_t { none, severity, invalid, status };

/// The field that a link leads to; with the bit `long_string` for "FIELD$".
struct Target {
    RecordId record;
    FieldIndex field;
};

/// One link, 16 bytes. What a text said that these bytes cannot hold is kept beside it, in Links.
struct Link {
    union {
        double number = 0;
        Target target;
        Node remote; ///< of Remotes
    };
    RecordId owner{};
    FieldIndex owner_field : 15 = 0;
    FieldIndex has_text : 1 = 0;
    LinkKind kind : 4 = LinkKind::none;
    Inherit inherit : 4 = Inherit::none;
    std::uint8_t flags = 0;

    [[nodiscard]] bool is(LinkFlag flag) const { return (flags & flag) != 0; }
    /// A text that never changes by itself: no link, a number, a text or an array.
    [[nodiscard]] bool is_constant() const { return kind <= LinkKind::constant; }
};
static_assert(sizeof(Link) == 16);

/// What the text of a link says.
struct ParsedLink {
    LinkKind kind = LinkKind::none;
    std::uint8_t flags = 0;
    Inherit inherit = Inherit::none;
    double number = 0;
    std::string_view target; ///< of a record link: "REC" or "REC.FLD"; else the whole trimmed text
};

/// Reads a link as EPICS' dbParseLink does: modifiers are looked for anywhere behind the first blank, and those that
/// the direction has no use for are dropped. Refuses JSON links other than {const: ...}.
[[nodiscard]] std::expected<ParsedLink, std::string> parse_link(std::string_view text, Dbf direction);

/// The value of a constant that is no plain number: a text, or an array of numbers or texts.
[[nodiscard]] std::expected<pv::Value, std::string> parse_constant(std::string_view text);

/// A database's links: those in use by index, and the texts that their 16 bytes cannot hold.
/// Thread: shard
class Links {
  public:
    [[nodiscard]] LinkId make(const Link& link, std::string_view text);
    void free(LinkId link);
    [[nodiscard]] Link& operator[](LinkId link) { return nodes_[static_cast<Node>(link)]; }
    [[nodiscard]] const Link& operator[](LinkId link) const { return nodes_[static_cast<Node>(link)]; }
    /// The text beside the link; of a constant or device link the whole text, else the target as it was written.
    [[nodiscard]] std::string_view text(LinkId link) const;
    void keep_text(LinkId link, std::string_view text);
    void drop_text(LinkId link);
    /// Of all links that were ever made: one behind the last.
    [[nodiscard]] std::uint32_t end() const { return nodes_.end(); }
    [[nodiscard]] std::size_t memory_bytes() const;

  private:
    Nodes<Link> nodes_;
    std::unordered_map<std::uint32_t, std::string> texts_;
};

/// " PP MS": the modifiers as EPICS reads them back.
[[nodiscard]] std::string modifiers(const Link& link, Dbf direction);

} // namespace iochron::db
