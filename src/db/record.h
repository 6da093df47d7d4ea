#pragma once

#include "pv/alarm.h"
#include "pv/sample.h"
#include "pv/source.h"

#include <cstddef>
#include <cstdint>

namespace iochron::db {

enum class RecordId : std::uint32_t;
/// An index into the database's links; 0 is no link.
enum class LinkId : std::uint32_t {};
inline constexpr LinkId no_link{0};
/// An index into an arena of nodes; 0 is none.
using Node = std::uint32_t;

/// A field of a type by its position in the type's table. Of a stream also with the bit `long_string` ("FIELD$").
using FieldIndex = std::uint16_t;
inline constexpr FieldIndex no_field = 0x7fff;
inline constexpr FieldIndex long_string = 0x8000;

/// One bit of state each; those that EPICS shows as a field are named as the field.
enum Flag : std::uint32_t {
    flag_pact = 1u << 0,
    flag_udf = 1u << 1,
    flag_putf = 1u << 2,
    flag_rpro = 1u << 3,
    flag_disp = 1u << 4,
    flag_tpro = 1u << 5,
    flag_ackt = 1u << 6,
    flag_may_be_disabled = 1u << 7, ///< SDIS is a link, or DISA equals DISV
    flag_stamped = 1u << 8,         ///< TSE is not 0 or TSEL is a link
    flag_user_tag = 1u << 9,        ///< UTAG is not 0
    flag_message = 1u << 10,        ///< AMSG or NAMSG is not empty
    flag_triggered = 1u << 11,      ///< waits in the trigger queue
    flag_waited = 1u << 12,         ///< a put's completion, or a second put, waits for the end of processing
    flag_filter = 1u << 13,         ///< AFTC is above 0: the alarm filter runs
    flag_running = 1u << 14,        ///< processes just now; PACT without it: a device works on it
    flag_deleted = 1u << 15,        ///< taken out of the database again before it was started
    flag_fresh = 1u << 16,          ///< made by the load under way
    flag_simulated = 1u << 17,      ///< SIML is a link, or SIMM is not NO
    flag_program = 1u << 18,        ///< the output goes to user code (Database::on_output)
};

/// What can be subscribed to: a field of a record. The first subscription is inside, others follow by `more`.
struct Stream {
    pv::Token token{};              ///< of the first subscription
    const pv::Meta* meta = nullptr; ///< made at first need, kept alive by the database
    std::uint64_t posted = 0;       ///< updates that went to a subscriber
    std::uint16_t sink = 0;
    FieldIndex field = no_field;
    pv::Mask mask = pv::Mask::none;  ///< of the first subscription; none: there is none
    pv::Mask wants = pv::Mask::none; ///< of all subscriptions together
    std::uint16_t generation = 0;    ///< of the first subscription, so that an old id unsubscribes nobody else
    Node channel = 0;                ///< of the first subscription
    Node more = 0;
    Node next = 0; ///< the record's next stream
};
static_assert(sizeof(Stream) == 48);

/// What all record types begin with. Fields that seldom differ from their default are cold (db/cold.h).
struct Record {
    std::uint32_t flags = flag_udf | flag_ackt;
    std::uint8_t type = 0;
    std::uint8_t scan = 0; ///< index into the database's SCAN choices
    std::uint8_t prio = 0;
    std::uint8_t lcnt = 0;
    pv::AlarmStatus stat = pv::AlarmStatus::udf;
    pv::Severity sevr = pv::Severity::no_alarm;
    pv::AlarmStatus nsta = pv::AlarmStatus::no_alarm;
    pv::Severity nsev = pv::Severity::no_alarm;
    std::int16_t phas = 0;
    pv::Severity acks = pv::Severity::no_alarm;
    std::uint8_t dtyp = 0; ///< index into the type's devices
    std::int64_t time = base::undefined_stamp.ns;
    RecordId id{};
    std::uint32_t name = 0; ///< base::NameTable::Place
    Node cold = 0;
    LinkId flnk = no_link;
    Stream stream;

    [[nodiscard]] bool is(Flag flag) const { return (flags & flag) != 0; }
    [[nodiscard]] pv::Acknowledgement acknowledgement() const { return {acks, is(flag_ackt)}; }
    void set(std::uint32_t flag, bool on = true) { flags = on ? flags | flag : flags & ~flag; }
};
static_assert(sizeof(Record) == 88);

/// The hot block of a type may be no larger (docs/decisions/0001-record-in-memory.md).
inline constexpr std::size_t max_record_bytes = 192;

} // namespace iochron::db
