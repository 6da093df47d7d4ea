#include "client/search_schedule.h"

#include <algorithm>
#include <cassert>

namespace iochron::client {

SearchSchedule::SearchSchedule(const SearchSettings& settings, std::uint32_t seed)
    : settings_(settings), stretch_(levels), server_of_(servers, everywhere),
      credit_(static_cast<double>(settings.start_window_bytes)), window_(settings.start_window_bytes), random_(seed | 1)
{
    assert(settings.min_window_bytes >= settings.datagram_bytes);
    for (std::uint32_t head = 0; head < heads; ++head) {
        nodes_.push_back({.due = {}, .next = head, .previous = head});
    }
    while (last_level_ + 1 < levels && interval(last_level_) < settings_.max_interval) {
        ++last_level_;
    }
    while (hurried_level_ < last_level_ && interval(hurried_level_ + 1) <= settings_.hurried_interval) {
        ++hurried_level_;
    }
}

bool SearchSchedule::enter(std::uint32_t name, std::size_t bytes)
{
    const std::uint32_t node = name + heads;
    if (node >= nodes_.size()) {
        nodes_.resize(node + 1, {.due = {}, .next = 0, .previous = 0});
    }
    if (nodes_[node].waits) {
        return false;
    }
    nodes_[node].bytes = static_cast<std::uint16_t>(bytes);
    nodes_[node].waits = true;
    ++waiting_;
    return true;
}

void SearchSchedule::add(std::uint32_t name, std::size_t bytes, std::uint32_t server)
{
    if (enter(name, bytes)) {
        append(server == everywhere ? fresh : server_head(server), name + heads);
    }
}

void SearchSchedule::add_later(std::uint32_t name, std::size_t bytes, base::Steady now)
{
    if (enter(name, bytes)) {
        nodes_[name + heads].due = next_due(hurried_level_, now);
        append(first_level + hurried_level_, name + heads);
    }
}

void SearchSchedule::found(std::uint32_t name, base::Steady now)
{
    if (!searching(name)) {
        return;
    }
    refill(now);
    const std::size_t bytes = nodes_[name + heads].bytes;
    window_ = std::min(settings_.max_window_bytes, window_ + bytes / 2);
    credit_ = std::min(static_cast<double>(window_), credit_ + static_cast<double>(bytes));
    remove(name);
}

void SearchSchedule::remove(std::uint32_t name)
{
    if (searching(name)) {
        unlink(name + heads);
        nodes_[name + heads].waits = false;
        --waiting_;
    }
}

bool SearchSchedule::searching(std::uint32_t name) const
{
    return name + heads < nodes_.size() && nodes_[name + heads].waits;
}

void SearchSchedule::hurry(base::Steady now)
{
    for (std::uint32_t level = hurried_level_ + 1; level <= last_level_; ++level) {
        splice(first_level + level, hurried);
    }
    refill(now);
}

base::Steady SearchSchedule::deadline(base::Steady now) const
{
    base::Steady due = base::never;
    for (std::uint32_t head = 0; head < heads && due > now; ++head) {
        if (!empty(head)) {
            const bool level = head >= first_level && head < first_server;
            due = std::min(due, level ? nodes_[nodes_[head].next].due : now);
        }
    }
    if (due == base::never) {
        return due;
    }
    const double lacking = static_cast<double>(settings_.datagram_bytes) - credit_;
    if (lacking <= 0) {
        return due;
    }
    const double seconds = lacking / static_cast<double>(settings_.bytes_per_second);
    const auto wait = std::chrono::duration_cast<base::Duration>(std::chrono::duration<double>(seconds));
    return std::max(due, refilled_ + wait + std::chrono::microseconds(1));
}

void SearchSchedule::append(std::uint32_t head, std::uint32_t node)
{
    const std::uint32_t last = nodes_[head].previous;
    nodes_[node].next = head;
    nodes_[node].previous = last;
    nodes_[last].next = node;
    nodes_[head].previous = node;
}

void SearchSchedule::unlink(std::uint32_t node)
{
    nodes_[nodes_[node].previous].next = nodes_[node].next;
    nodes_[nodes_[node].next].previous = nodes_[node].previous;
}

void SearchSchedule::splice(std::uint32_t from, std::uint32_t to)
{
    if (empty(from)) {
        return;
    }
    const std::uint32_t first = nodes_[from].next;
    const std::uint32_t last = nodes_[from].previous;
    const std::uint32_t before = nodes_[to].previous;
    nodes_[before].next = first;
    nodes_[first].previous = before;
    nodes_[last].next = to;
    nodes_[to].previous = last;
    nodes_[from].next = nodes_[from].previous = from;
}

std::uint32_t SearchSchedule::server_head(std::uint32_t server)
{
    std::uint32_t unused = fresh; // where all queues are taken: search everywhere at once
    for (std::uint32_t i = 0; i < servers; ++i) {
        if (!empty(first_server + i) && server_of_[i] == server) {
            return first_server + i;
        }
        if (unused == fresh && empty(first_server + i)) {
            unused = first_server + i;
        }
    }
    if (unused != fresh) {
        server_of_[unused - first_server] = server;
    }
    return unused;
}

bool SearchSchedule::is_due(std::uint32_t head, base::Steady now) const
{
    const bool level = head >= first_level && head < first_server;
    return !empty(head) && (!level || nodes_[nodes_[head].next].due <= now);
}

base::Duration SearchSchedule::interval(std::uint32_t level) const
{
    return std::min(settings_.first_interval * (std::int64_t{1} << level), settings_.max_interval);
}

base::Steady SearchSchedule::next_due(std::uint32_t level, base::Steady now)
{
    if (empty(first_level + level)) {
        stretch_[level] = interval(level) * (random() % 128) / 1024;
    }
    return now + interval(level) + stretch_[level];
}

void SearchSchedule::refill(base::Steady now)
{
    const double seconds = std::chrono::duration<double>(now - refilled_).count();
    refilled_ = now;
    credit_ = std::min(static_cast<double>(window_),
                       credit_ + std::max(0.0, seconds) * static_cast<double>(settings_.bytes_per_second));
}

bool SearchSchedule::pack(base::Steady now, std::uint32_t& server)
{
    packed_.clear();
    if (waiting_ == 0 || credit_ < static_cast<double>(settings_.datagram_bytes)) {
        return false;
    }
    std::size_t room = settings_.datagram_bytes - settings_.header_bytes;
    server = everywhere;
    for (std::uint32_t i = 0; i < servers && packed_.empty(); ++i) {
        server = server_of_[i];
        take_from(first_server + i, now, room);
    }
    if (packed_.empty()) {
        server = everywhere;
        retries_first_ = !retries_first_; // neither can starve the other
        if (retries_first_) {
            take_retries(now, room);
        }
        take_from(fresh, now, room);
        take_retries(now, room);
    }
    return !packed_.empty();
}

void SearchSchedule::take_retries(base::Steady now, std::size_t& room)
{
    if (is_due(first_level, now)) {
        missed(now);
    }
    for (std::uint32_t head = hurried; head <= first_level + last_level_; ++head) {
        take_from(head, now, room);
    }
}

// A name that was asked moves to the level behind its own; a hurried one to the slowest that is not hurried again.
void SearchSchedule::take_from(std::uint32_t head, base::Steady now, std::size_t& room)
{
    const bool level = head >= first_level && head < first_server;
    const std::uint32_t next = level             ? std::min(head - first_level + 1, last_level_)
                               : head == hurried ? hurried_level_
                                                 : 0;
    while (is_due(head, now)) {
        const std::uint32_t node = nodes_[head].next;
        const std::size_t bytes = nodes_[node].bytes;
        if (bytes > room && !packed_.empty()) {
            return;
        }
        room -= std::min(room, bytes);
        credit_ -= static_cast<double>(bytes);
        packed_.push_back(node - heads);
        unlink(node);
        nodes_[node].due = next_due(next, now);
        append(first_level + next, node);
    }
}

void SearchSchedule::missed(base::Steady now)
{
    if (now - halved_ >= settings_.first_interval) {
        halved_ = now;
        window_ = std::max(settings_.min_window_bytes, window_ / 2);
        credit_ = std::min(credit_, static_cast<double>(window_));
    }
}

std::uint32_t SearchSchedule::random()
{
    random_ ^= random_ << 13; // xorshift32
    random_ ^= random_ >> 17;
    random_ ^= random_ << 5;
    return random_;
}

} // namespace iochron::client
