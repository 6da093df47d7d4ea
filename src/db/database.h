#pragma once

#include "base/counters.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/time.h"
#include "db/info_marks.h"
#include "pv/source.h"

#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <memory_resource>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace iochron::db {

struct Core;
struct Answer;
struct Device;
struct RecordType;

/// A record of one Database. Good as long as the Database lives.
enum class RecordId : std::uint32_t {};

/// User code that takes a record's output.
using OutputCallback = std::function<void(RecordId, const pv::Value&)>;

/// What a user did wrong: one clause that says what was expected, for the caller to put file, line and column before.
using Error = std::string;

/// What a Database is given when it is built.
struct Surroundings {
    const base::Clock& clock;
    base::Log& log;
    base::Counters& counters; ///< "db.processed", "db.posted", "db.triggers_merged", "db.scans_late",
                              ///< "db.scans_skipped", "db.links_lost", "db.link_writes_replaced"
    base::Limits limits{};
    /// Where hot blocks come from, in pieces of 2 MiB: the place to ask for huge pages.
    std::pmr::memory_resource* memory = std::pmr::new_delete_resource();
    /// A variable of the environment, for the device kind getenv; null: there are none.
    std::function<std::optional<std::string>(const std::string& name)> variable{};
    /// Prints a line to standard output (1) or standard error (2), for the device kind stdio; null: nowhere.
    std::function<void(int stream, std::string_view line)> print{};
    /// Gives the Source of the PVs that links name and that are not here: called on the Database's shard at the first
    /// need, once. It must live until leave_network() or the Database's end. Null: such links stay unconnected.
    std::function<pv::Source*()> network{};
};

/// A field as `dbpr` and a written .db file show it.
struct FieldText {
    std::string_view name;
    std::string text;
};

/// A channel's part of a write of several; without a value it is only processed, as a put to it would do.
struct WritePart {
    pv::ChannelId channel{};
    pv::Value value;
};

/// Why nothing was written, and because of which part.
struct WriteRefusal {
    std::size_t part = 0;
    pv::Status status;
};

/// A link by Channel Access as dbcar shows it: one to another IOC, or one of this database with CA, CP or CPP.
struct CaLink {
    std::string_view record; ///< whose link it is
    std::string_view field;
    std::string target;
    bool connected = false;
    pv::Rights rights{.read = false, .write = false};
    bool monitors = false; ///< an input
    bool texts = false;    ///< of an enumeration, whose choices are watched too
    std::uint32_t losses = 0;
    std::uint32_t replaced = 0; ///< values that a newer one replaced before they were written
    std::string server;         ///< empty while unconnected, and within the database
};

/// The records of one IOC. It makes no system call, reads no clock but the one it was given, starts no thread: whoever
/// owns it calls advance() when next_deadline() has come.
///
/// Life: create records, put their fields' texts, start(); from then on no record comes or goes.
///
/// As a Source it calls Sink::meta_changed for those channels that have a subscription; any other learns of a replaced
/// Meta by the next Sample's `meta`. It never calls closed or rights_changed. What completes within the call that asked
/// is not followed by settled().
/// Thread: shard
class Database final : public pv::Source {
  public:
    explicit Database(const Surroundings& surroundings);
    ~Database() override;
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;

    // Building. Names of unknown types and fields come back with the nearest known one.

    /// A new record, or the one that has the name already when its type is the same (a later file may amend it). The
    /// type "*" stands for the type of a record that exists.
    std::expected<RecordId, Error> create(std::string_view type, std::string_view name);
    /// Sets a field from the text that a .db file holds: a number, a choice, a link, a string.
    std::expected<void, Error> put_text(RecordId record, std::string_view field, std::string_view text);
    /// One more choice of DTYP for the records of a type, before the first of them is made.
    std::expected<void, Error> add_device(std::string_view type, Device device);
    std::expected<void, Error> alias(RecordId record, std::string_view name);
    /// An info item; one of the same key is replaced. Of group_item, `marks` tell where its parts were written.
    void info(RecordId record, std::string_view key, std::string_view value, InfoMarks marks = {});
    /// Takes a record out again, with its aliases; only before start().
    std::expected<void, Error> remove(RecordId record);
    /// All that follows is undone by abort(), kept by commit(). Not nested.
    void begin();
    void commit();
    void abort();
    /// iocInit: resolves the links, fills the scan lists, processes the records with PINI, and then has the links that
    /// lead outside connect. Called once.
    void start(base::Steady now);
    [[nodiscard]] bool started() const;
    /// Ends all use of Surroundings::network, for good.
    void leave_network();

    // Looking. For the shell's dbl, dbpr, dbgf and for writing a .db file.

    [[nodiscard]] std::optional<RecordId> find(std::string_view name) const; ///< by name or alias
    [[nodiscard]] std::size_t size() const;                                  ///< how many records there are
    /// All records, type by type, in the order of creation; with a type's name only those.
    [[nodiscard]] std::vector<RecordId> records(std::string_view type = {}) const;
    [[nodiscard]] std::string_view name(RecordId record) const;
    [[nodiscard]] const RecordType& type(RecordId record) const;
    [[nodiscard]] std::vector<std::string_view> aliases(RecordId record) const;
    [[nodiscard]] std::vector<std::pair<std::string_view, std::string_view>> infos(RecordId record) const;
    /// Where the record's info item group_item was written; null where that is not known.
    [[nodiscard]] const InfoMarks* info_marks(RecordId record) const;
    /// A field as text, as put_text() takes it.
    [[nodiscard]] std::expected<std::string, Error> text(RecordId record, std::string_view field) const;
    /// The fields that a .db file can set and whose value is not the default: loading them makes the record again.
    [[nodiscard]] std::vector<FieldText> changed_fields(RecordId record) const;
    /// All fields that can be read, in the order of the type.
    [[nodiscard]] std::vector<FieldText> all_fields(RecordId record) const;
    /// The links by Channel Access, by record and field.
    [[nodiscard]] std::vector<CaLink> ca_links() const;
    /// The record types that create() knows, by name.
    [[nodiscard]] static std::span<const RecordType* const> types();
    [[nodiscard]] static const RecordType* type(std::string_view name);

    // Running.

    /// Does one slice of what is due: scan lists, triggers. True: more is due, call again once sockets were served.
    bool advance(base::Steady now);
    /// When advance() has something to do; base::never if nothing is planned.
    [[nodiscard]] base::Steady next_deadline() const;
    /// Called when next_deadline() has come nearer outside advance(). Must not call the Database.
    void on_wake(std::function<void()> wake);

    /// Asks for the processing of a record: merged while one is pending. Processes with the next slice.
    void trigger(RecordId record);
    /// User code's set(): stores the value in the record's value field (raw value for a raw device) and processes it
    /// at once, as device support of an I/O Intr record does. `time` is for records with TSE -2. A record whose input
    /// is a link reads that instead.
    pv::Status set(RecordId record, const pv::Value& value, std::optional<base::Stamp> time = {});
    /// As set() for many, in order; the sinks are told once. Returns the statuses that were not ok, by index.
    std::vector<std::pair<std::size_t, pv::Status>> set(std::span<const std::pair<RecordId, pv::Value>> values);
    /// Processes the records with SCAN "Event" and this EVNT; a number is its text ("5").
    void post_event(std::string_view event);
    /// A flag of the database, for the filter sync and the device kind Db State (dbState of EPICS Base): made where
    /// there is none, false then.
    void create_state(std::string_view name);
    /// False: there is none of that name.
    bool set_state(std::string_view name, bool set);
    /// All flags, by name.
    [[nodiscard]] std::vector<std::pair<std::string_view, bool>> states() const;
    /// As set(), with an alarm that the record takes unless its limits or states make a worse one, and its message.
    pv::Status set(RecordId record, const pv::Value& value, pv::Alarm alarm, std::string_view message = {},
                   std::optional<base::Stamp> time = {});
    /// Gives the outputs of a record to user code, whatever its DTYP and OUT: each time it processes, `callback` gets
    /// the value on the shard, and the record stays active until complete(record) comes, from within the call or later.
    /// Meanwhile a put stores its value and has the record process once more afterwards (RPRO). What the callback
    /// throws counts as a failure. A null callback gives the record back to its device. Not from within the callback.
    void on_output(RecordId record, OutputCallback callback);
    /// Ends the processing of a record whose type, device or user code works on it. A status that is not ok becomes
    /// WRITE/INVALID, of an input READ/INVALID, with its text as AMSG.
    void complete(RecordId record, const pv::Status& status = {});
    /// The answer to a device kind's Question (db/device.h); one that comes twice or too late is ignored.
    void answer_device(RecordId record, std::uint64_t serial, Answer answer);
    /// scanIoRequest of EPICS Base, for one record: asks for its processing if its SCAN is "I/O Intr".
    void request_scan(RecordId record);
    /// The present value of a field, without a channel.
    [[nodiscard]] std::expected<pv::Value, Error> get(RecordId record, std::string_view field) const;
    /// As a client's put of one field would do it.
    pv::Status put(RecordId record, std::string_view field, const pv::Value& value);
    /// What `work` asks of this Database is one piece of work: sinks are told all of it at the end.
    void together(const std::function<void()>& work);
    /// Writes several channels, each processed as a put of it would, in order and as one piece of work. Each part is
    /// checked before the first is written: where one would be refused, nothing is. Without `wait` nothing more is
    /// told. With it, `completed` is called as often as this returns, perhaps before it does: once when all is done
    /// that the parts caused, and once for each record that was busy, and so took its value now and processes when it
    /// is free.
    [[nodiscard]] std::expected<std::size_t, WriteRefusal> write_all(std::span<const WritePart> parts,
                                                                     pv::Processing processing, bool wait,
                                                                     pv::Token token, const pv::Peer& peer,
                                                                     pv::Sink& sink);
    /// Updates of this channel's field that had a subscriber, since the first subscription.
    [[nodiscard]] std::uint64_t posted(pv::ChannelId channel) const;
    /// Bytes that the records take in all: hot blocks, cold parts, names, links, streams, scan lists.
    [[nodiscard]] std::size_t memory_bytes() const;

    // pv::Source

    void find(std::span<const std::string_view> names, std::span<pv::Presence> found) override;
    void open(std::span<const pv::OpenRequest> requests, const pv::Peer& peer, pv::Sink& sink) override;
    void close(pv::ChannelId channel) override;
    [[nodiscard]] pv::MetaRef describe(pv::ChannelId channel) override;
    void read(const pv::ReadRequest& request, const pv::Peer& peer, pv::Sink& sink) override;
    void write(const pv::WriteRequest& request, const pv::Peer& peer, pv::Sink& sink) override;
    void process(pv::ChannelId channel, pv::Token token, bool wait, const pv::Peer& peer, pv::Sink& sink) override;
    void cancel(pv::ChannelId channel, pv::Token operation, pv::Sink& sink) override;
    pv::SubscriptionId subscribe(const pv::SubscribeRequest& request, pv::Sink& sink) override;
    void unsubscribe(pv::SubscriptionId subscription) override;

  private:
    std::unique_ptr<Core> core_;
};

} // namespace iochron::db
