#include "db/core.h"
#include "db/record_fields.h"

#include <charconv>

namespace iochron::db {

namespace {

constexpr std::size_t records_per_slice = 8192;
/// Bytes that one update is taken to make on the wire, for limits.turn_bytes.
constexpr std::size_t update_bytes = 32;
constexpr std::size_t prefetch_ahead = 8;

void prefetch(const Record& record)
{
    const char* const block = reinterpret_cast<const char*>(&record);
    for (std::size_t line = 0; line < max_record_bytes; line += 64) {
        __builtin_prefetch(block + line, 1);
    }
}

/// The event that a text names: numbers from 1 to 255 are their integer part, as in EPICS. Empty: none.
std::string event_name(std::string_view text)
{
    const std::size_t from = text.find_first_not_of(" \t");
    if (from == std::string_view::npos) {
        return {};
    }
    text = text.substr(from, text.find_last_not_of(" \t") - from + 1);
    double number = 0;
    const auto [at, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (fault == std::errc{} && at == text.data() + text.size() && number >= 0 && number < 256) {
        return number < 1 ? std::string() : std::to_string(static_cast<int>(number));
    }
    return std::string(text);
}

} // namespace

void Core::add_to_scan(Record& record)
{
    if (!started) {
        return;
    }
    if (scans.is_periodic(record.scan)) {
        scans.add(record.scan, record.id, record.phas, now);
        replanned = true;
    } else if (record.scan == scan_event) {
        const std::string event = event_name(cold.get(record, field(record, field_evnt)).text());
        if (!event.empty()) {
            events[event].add(record.id, record.phas);
        }
    }
}

void Core::remove_from_scan(Record& record)
{
    if (!started) {
        return;
    }
    if (scans.is_periodic(record.scan)) {
        scans[record.scan].list.remove(record.id);
    } else if (record.scan == scan_event) {
        const auto found = events.find(event_name(cold.get(record, field(record, field_evnt)).text()));
        if (found != events.end()) {
            found->second.remove(record.id);
        }
    }
}

void Core::post_event(std::string_view event)
{
    const auto found = events.find(event_name(event));
    if (found != events.end()) {
        found->second.start();
        for (const RecordId id : found->second.rest()) {
            triggers.push(records[id], urgency(records[id]));
        }
    }
}

void Core::trigger(LinkId listener)
{
    const Link& link = links[listener];
    Record& owner = records[link.owner];
    if (link.is(link_cp) || (link.is(link_cpp) && owner.scan == scan_passive)) {
        triggers.push(owner);
    }
}

bool Core::slice(ScanList& list)
{
    const std::size_t cost_limit = posts.cost() + with.limits.turn_bytes / update_bytes;
    for (std::size_t done = 0; done < records_per_slice && posts.cost() < cost_limit; ++done) {
        const std::span<const RecordId> rest = list.list.rest();
        if (rest.empty()) {
            break;
        }
        if (rest.size() > prefetch_ahead) {
            prefetch(records[rest[prefetch_ahead]]);
        }
        list.list.done(1); // before it processes, which may change the list
        process(records[rest.front()]);
    }
    if (!list.list.rest().empty()) {
        return true;
    }
    scans.end(list);
    return false;
}

} // namespace iochron::db
