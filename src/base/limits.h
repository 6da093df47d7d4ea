#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace iochron::base {

/// All that a peer or a user's file may cause, with a bound each. One table, so that nothing is bounded twice or not
/// at all. Read once, at start.
/// Thread: fixed
struct Limits {
    // A peer on the network.
    std::size_t message_bytes = 512u << 20; ///< one message with its payload, CA and PVA
    std::size_t connections = 10'000;       ///< per listener
    std::size_t channels = 4'000'000;       ///< per connection
    std::size_t subscriptions = 4'000'000;  ///< per connection
    std::size_t operations = 1'000'000;     ///< gets, puts under way per connection
    std::size_t name_bytes = 1'024;         ///< a PV name as asked for
    std::size_t account_bytes = 512;        ///< user and host names, CA
    std::size_t datagrams_per_turn = 256;   ///< UDP datagrams handled before others get their turn
    std::size_t servers_known = 2'048;      ///< servers a client remembers by beacon
    // The lossless contract.
    std::chrono::milliseconds max_lag{2'000};    ///< oldest unsent update; zero: off
    std::size_t process_output_bytes = 1u << 30; ///< all unsent output of a process
    std::size_t turn_bytes = 256u << 10;         ///< produced by a shard before it polls its sockets
    // A file.
    std::size_t file_bytes = 1u << 30; ///< one .db file
    std::size_t include_depth = 32;
    std::size_t macro_depth = 64;
    std::size_t macro_bytes = 1u << 20; ///< one line after expansion
    std::size_t json_depth = 64;        ///< lists and objects inside one another
    std::size_t records = 16'000'000;   ///< per database
    // A database.
    std::size_t link_depth = 256;         ///< records processed inside one another
    std::size_t array_bytes = 512u << 20; ///< one array field
    std::size_t triggers = 1'000'000;     ///< processing requests pending (merged per record)
};

} // namespace iochron::base
