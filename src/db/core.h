#pragma once

#include "base/name_table.h"
#include "calc/random.h"
#include "db/arrays.h"
#include "db/blocks.h"
#include "db/channel.h"
#include "db/cold.h"
#include "db/database.h"
#include "db/delays.h"
#include "db/device.h"
#include "db/expressions.h"
#include "db/filter.h"
#include "db/link.h"
#include "db/metas.h"
#include "db/pools.h"
#include "db/post.h"
#include "db/programs.h"
#include "db/record_type.h"
#include "db/records.h"
#include "db/remotes.h"
#include "db/scan.h"
#include "db/triggers.h"
#include "db/waits.h"

#include <deque>
#include <map>
#include <unordered_map>

namespace iochron::db {

/// AMSG and NAMSG of a record that has one of them.
struct Messages {
    std::string now;
    std::string next;
};

/// What an unfinished load has changed, so that it can be taken back.
struct Undo {
    struct Put {
        RecordId record;
        FieldIndex field;
        std::string text; ///< what the field was
        bool udf;
    };
    std::vector<RecordId> created;
    std::vector<RecordId> removed;
    std::vector<Put> puts; ///< of records that are older
    std::vector<std::string> aliases;
    std::vector<std::pair<RecordId, std::vector<std::pair<std::string, std::string>>>> infos;
};

/// An operation that has ended and whose sink is told at the end of the present call.
struct Ended {
    pv::Sink* sink;
    pv::Token token;
    pv::ChannelId channel;
    pv::Status status;
};

/// The insides of a Database, which the functions of this room share; each part is a class of its own.
/// Thread: shard
struct Core {
    explicit Core(const Surroundings& given);
    ~Core();

    Surroundings with;
    base::Counter& processed;
    base::Counter& nested_too_deep;
    std::uint64_t processed_now = 0;          ///< not yet in the counter
    std::vector<const RecordType*> types;     ///< by Record::type
    std::vector<std::vector<Device>> devices; ///< by Record::type: the types' own, then those that were added
    Records records;
    base::NameTable names;
    Cold cold;
    Links links;
    Expressions expressions;
    Pools pools;
    Blocks blocks;
    calc::Random random;
    Metas metas;
    pv::MetaRef last_meta{}; ///< of the last channel that asked: the next one's is mostly the same
    Posts posts;
    Channels channels;
    std::unordered_map<Node, std::unique_ptr<Filters>> filters; ///< of the channels that have any
    Scans scans;
    Triggers triggers;
    Delays delays;
    Programs programs;
    Questions questions;
    Arrays arrays;
    Waits waits;
    std::deque<RecordId> restarts; ///< records that are free for the next of the puts that wait for them
    std::deque<RecordId> finished; ///< records whose wait for another has ended, to be completed
    States states;
    bool tracing = false;            ///< a record with TPRO processes: what it leads to is traced too
    const pv::Peer* asker = nullptr; ///< whose put processes just now, for the trace
    std::unordered_map<RecordId, Messages> messages;
    std::map<std::string, RunList, std::less<>> events; ///< by EVNT
    std::unordered_map<RecordId, std::vector<std::pair<std::string, std::string>>> infos;
    std::unordered_map<RecordId, InfoMarks> info_marks; ///< of the info item group_item
    std::vector<std::pair<RecordId, base::NameTable::Place>> aliases;
    std::optional<Undo> undo;
    std::vector<Ended> ended;
    std::function<void()> wake;
    Remotes remotes; ///< behind all that its end looks at

    std::size_t deleted = 0; ///< records that were taken out again
    bool started = false;
    bool advancing = false; ///< advance() is under way, after which its caller asks for the deadline anyway
    bool replanned = false; ///< a deadline may have come nearer since the owner last asked
    base::Steady now{};
    std::optional<base::Stamp> stamp{}; ///< the clock, read once for each call or slice
    unsigned entries = 0;               ///< calls of the Database that are under way, one inside another
    unsigned describing = 0;            ///< Metas that are made one from another
    unsigned depth = 0;                 ///< records that process one inside another
    base::Handle wait{};                ///< the completion that the present chain belongs to

    [[nodiscard]] const RecordType& type(const Record& record) const { return *types[record.type]; }
    [[nodiscard]] const Device& device(const Record& record) const { return devices[record.type][record.dtyp]; }
    [[nodiscard]] const Field& field(const Record& record, FieldIndex index) const { return type(record)[index]; }
    [[nodiscard]] std::string_view name(const Record& record) const
    {
        return names.text(base::NameTable::Place{record.name});
    }
    [[nodiscard]] pv::Value get(const Record& record, const Field& field) const
    {
        return field.get(*this, record, field);
    }
    [[nodiscard]] const Field* common(const Record& record, std::string_view name) const
    {
        return type(record).find(name);
    }
    /// The choices of a field with a menu, a device field, or an enumeration of the record's own.
    [[nodiscard]] std::vector<std::string> choices(const Record& record, const Field& field) const;
    /// The index of SDIS, DISV... has to be looked at before each processing, or the time is not simply the clock's.
    void update_flags(Record& record);
    [[nodiscard]] std::optional<Shape> shape(const Record& record, const Field& field) const
    {
        const auto of_type = type(record).shape;
        return of_type == nullptr ? std::nullopt : of_type(*this, record, field);
    }
    /// A number that is kept cold.
    [[nodiscard]] double cold_number(const Record& record, FieldIndex field) const
    {
        return cold.get(record, type(record)[field]).as_double();
    }

    // db/stream.cpp: what is posted

    /// An update to those who subscribed to the field with any bit of `mask`; reads the value by the field's accessor.
    void post(Record& record, FieldIndex field, pv::Mask mask);
    // hot: the value field, whose stream is nearly always the first.
    void post(Record& record, FieldIndex field, pv::Mask mask, const pv::Value& value)
    {
        Stream& stream = record.stream;
        if (stream.field == field && any(stream.wants & mask)) [[likely]] {
            deliver(record, stream, mask, value);
        }
        if ((stream.next != 0) | (stream.field == (field | long_string))) [[unlikely]] {
            post_others(record, field, mask);
        }
    }
    /// An update on each of the record's streams.
    void post_all(Record& record, pv::Mask mask);
    /// What the record's Metas are made of may have changed: makes them anew, tells the channels that have
    /// subscriptions, and posts DBE_PROPERTY on each stream if it is to.
    void refresh_metas(Record& record, bool post);
    void deliver(Record& record, Stream& stream, pv::Mask mask, const pv::Value& value)
    {
        ++stream.posted;
        if (stream.meta == nullptr) [[unlikely]] {
            stream.meta = meta(record, stream.field).get();
        }
        std::uint64_t tag = 0;
        const std::string* message = nullptr;
        if ((record.flags & (flag_user_tag | flag_message)) != 0) [[unlikely]] {
            tag = user_tag(record);
            message = this->message(record);
        }
        if (any(stream.mask & mask)) [[likely]] {
            posts.append(stream.sink, stream.token, record, value, mask, tag, message, stream.meta);
        }
        if (stream.more != 0) [[unlikely]] {
            deliver_more(record, stream, mask, value, tag, message);
        }
    }
    /// The record's stream of that field; made if need be.
    [[nodiscard]] Stream& stream(Record& record, FieldIndex key);
    [[nodiscard]] Stream* find_stream(Record& record, FieldIndex key);
    /// The value of a field as a stream or channel of that key shows it ("FIELD$": characters).
    [[nodiscard]] pv::Value value(const Record& record, FieldIndex key) const;
    [[nodiscard]] pv::Sample sample(const Record& record, FieldIndex key, const pv::Meta* meta) const;
    [[nodiscard]] std::uint64_t user_tag(const Record& record) const;
    [[nodiscard]] const std::string* message(const Record& record) const;
    void set_messages(Record& record, std::string_view now, std::string_view next);

    // db/describe.cpp

    /// The present Meta of a field, made and interned.
    [[nodiscard]] const pv::MetaRef& meta(const Record& record, FieldIndex key);
    void take_hints(const Record& record, const Field& field, pv::Meta& meta) const; ///< its info items for pvAccess

    /// The same for a channel: from its stream where that has one.
    [[nodiscard]] pv::MetaRef channel_meta(Record& record, FieldIndex key);
    /// A Meta of the channel's field as the channel's filters leave it.
    [[nodiscard]] pv::MetaRef filtered_meta(Node channel, const pv::Meta* meta);
    /// An update, or a subscription's first value, as the filters of its channel leave it; its mask is why it was
    /// posted. False: it goes no further.
    [[nodiscard]] bool filter(Node subscription, pv::Sample& sample);
    /// What is read of the channel's field, as the channel's filters leave it.
    void filter_read(Node channel, pv::Sample& sample);

    // db/process.cpp

    /// False: it was processed, and its device, or a link in place of one, failed (Step::failed).
    bool process(Record& record);
    void complete(Record& record);
    /// `source` makes `target` process, as a link or FLNK does: PUTF and the completion go along.
    /// False: as process().
    bool process_target(Record& source, Record& target);
    /// Time stamp and user tag of another record.
    void copy_time(Record& record, const Record& from);
    /// The same of what came last by a link from outside, if anything did since the connection.
    void copy_time(Record& record, const Remote& from);
    /// recGblGetTimeStamp.
    void set_time(Record& record)
    {
        if (record.is(flag_stamped)) [[unlikely]] {
            set_other_time(record);
        } else {
            record.time = std::max(clock().ns, record.time + 1);
        }
    }
    /// The stamp of what happens now.
    [[nodiscard]] base::Stamp clock()
    {
        if (!stamp) [[unlikely]] {
            stamp = with.clock.now();
        }
        return *stamp;
    }
    /// Processes `target`, if it is Passive, on behalf of `record`, whose device waits: when all that this causes is
    /// done, `record` is completed. As a put with completion it queues behind others.
    void process_and_wait(Record& record, Record& target);
    /// Delays that have passed.
    void run_delays(std::size_t at_most);
    /// Begins puts that waited for records which have finished since.
    void run_restarts(std::size_t at_most);
    /// One thing less that the completion waits for.
    void release(base::Handle wait);

    // db/put.cpp

    /// dbPut: converts, stores, does the field's special work, posts; processes nothing.
    pv::Status put(Record& record, const Field& field, const pv::Value& value);
    /// dbPutField: as a client's put, which may process the record. One that waited for the record leaves PUTF alone,
    /// as in EPICS Base (dbNotify.c).
    pv::Status put_field(Record& record, const Field& field, const pv::WriteRequest& request, bool late = false);
    /// A put with completion, now; `ended` tells unless it fails.
    pv::Status put_waiting(Record& record, const Field& field, const LatePut& put, bool late);
    /// Sets ACKT or acknowledges alarms up to a severity, and posts what changed: ACKT, ACKS, and DBE_ALARM on all of
    /// the record's streams.
    pv::Status acknowledge(Record& record, const Field& field, pv::WriteKind kind, const pv::Value& value);
    /// Refused where DISP is 1.
    [[nodiscard]] pv::Status accepts_puts(const Record& record, const Field& field) const;
    /// What put() would store; refused as put() would be, but for what only the field's own store finds out.
    [[nodiscard]] std::expected<pv::Value, pv::Status> storable(const Record& record, const Field& field,
                                                                const pv::Value& value) const;
    /// Whether put_field() would be refused, found out without a trace (db/write_all.cpp).
    [[nodiscard]] pv::Status try_put(Record& record, const Field& field, const pv::Value& value);
    pv::Status put_link(Record& record, const Field& field, std::string_view text);
    /// Stores a value that has the field's type already, with its special work; posts nothing.
    pv::Status store(Record& record, const Field& field, const pv::Value& value);
    /// Whether a put processes the record, be it active or not.
    [[nodiscard]] bool would_process(const Record& record, const Field& field, const pv::WriteRequest& request) const;

    // db/target.cpp: links and what they lead to

    /// Finds "REC.FLD"; null record where there is none.
    struct Place {
        Record* record = nullptr;
        FieldIndex field = no_field;
    };
    [[nodiscard]] Place place(std::string_view name);
    [[nodiscard]] std::expected<LinkId, std::string> make_link(Record& owner, const Field& field,
                                                               std::string_view text);
    void drop_link(LinkId link);
    /// INP and OUT hold an address where the device kind wants one, and no other link does. What is wrong with the
    /// link in this field of the record, by the rules of EPICS Base (dbCanSetLink); empty if nothing.
    [[nodiscard]] std::string misfit(const Record& record, const Field& field, LinkId link) const;
    /// Looks for the record of a wanted link. Once the database is complete, one that is not here is a remote link.
    void resolve(LinkId link, bool complete);
    [[nodiscard]] std::string link_text(LinkId link) const;
    /// LINK/INVALID, naming the link's field.
    void raise_link_alarm(Record& record, LinkId link);
    /// A value that was had by the link, with the precision or choices of where it is from.
    [[nodiscard]] std::expected<pv::Value, pv::Status> read_as(const Link& link, const pv::Value& value,
                                                               pv::ScalarType type);
    /// An input with "Async Soft Channel" has its own way to process the target, whatever the link says of PP, CP or
    /// CA.
    void adapt_to_device(LinkId link);
    /// Listens to what a CP or CPP link leads to, or ends that.
    void listen(LinkId link);
    void unlisten(LinkId link);
    /// Reads constants into numbers at iocInit. False: the link is no constant number.
    [[nodiscard]] bool constant(LinkId link, double& number) const;
    /// The constant in a link as a value of that type; empty where there is none.
    [[nodiscard]] pv::Value constant(LinkId link, pv::ScalarType type) const;
    /// The constant in a link whatever it is; empty where there is none.
    [[nodiscard]] pv::Value constant_array(LinkId link) const;
    /// Reads any link as a scalar of that type (a text with the source's precision or choices), and takes over the
    /// alarm as the link says. Empty where there is nothing to read, or where it failed, then with LINK/INVALID.
    [[nodiscard]] pv::Value read_link_as(Record& record, LinkId link, pv::ScalarType type);
    /// The same as an array.
    [[nodiscard]] pv::Value read_link_as(Record& record, LinkId link, Shape shape);
    /// The same of a link that is no constant, and without an alarm where it fails.
    [[nodiscard]] pv::Value try_link_as(Record& record, LinkId link, pv::ScalarType type);

    // db/schedule.cpp

    void add_to_scan(Record& record);
    void remove_from_scan(Record& record);
    /// Asks for processing; the owner of a CP link processes always, of a CPP link if it is Passive.
    void trigger(LinkId listener);
    void run_triggers(std::size_t at_most);
    /// Processes records of the list until the slice is full; false: the pass is through.
    bool slice(ScanList& list);
    void post_event(std::string_view event);

    // db/text.cpp

    [[nodiscard]] std::expected<pv::Value, std::string> parse(const Record& record, const Field& field,
                                                              std::string_view text);
    [[nodiscard]] std::string format(const Record& record, const Field& field) const;

    // db/core.cpp

    /// The work of a call is done: completions, updates and settled() go out.
    void settle();
    /// Gives up what a record has outside its block, and its name.
    void release(Record& record);
    void resolve_links();
    void init_records();
    void process_at_start();

    void update_wants(Stream& stream);

  private:
    void tell_meta(const Stream& stream, const pv::MetaRef& fresh);
    void post_others(Record& record, FieldIndex field, pv::Mask mask);
    void deliver_more(Record& record, Stream& stream, pv::Mask mask, const pv::Value& value, std::uint64_t tag,
                      const std::string* message);
    void deliver_filtered(Node subscription, pv::Sample sample);
    void sweep_metas();
    void drop_misfits();
    bool may_process(Record& record);
    void conclude(Record& record);
    void follow(Record& record);
    void take_time(Record& record, std::int64_t time, std::uint64_t user_tag);
    bool follow_time(Record& record, const Link& source);
    void set_other_time(Record& record);
    [[nodiscard]] bool is_disabled(Record& record);
    void raise_disabled(Record& record);
    /// What a link gives, the target being processed before where the link says so; `type` and `array` are what is
    /// made of it. Empty: it failed. No alarm is raised or taken over.
    [[nodiscard]] pv::Value fetch(Record& record, const Link& link, pv::ScalarType type, bool array);
    [[nodiscard]] pv::Value text_of_target(const Link& link, pv::ScalarType type, bool array) const;
    void inherit_by(Record& record, const Link& link);
    void still_active(Record& record);
    void trace(const Record& record, std::string_view what) const;
    void process_waited(Record& record);
};

/// A call of the Database: at the end of the outermost one everything that was made is told.
/// Thread: shard
class Entry {
  public:
    explicit Entry(Core& core) : core_(core)
    {
        if (core_.entries++ == 0) {
            core_.stamp.reset();
        }
    }
    ~Entry()
    {
        if (core_.entries == 1) {
            core_.settle();
        }
        --core_.entries;
    }
    Entry(const Entry&) = delete;
    Entry& operator=(const Entry&) = delete;

  private:
    Core& core_;
};

} // namespace iochron::db
