#pragma once

#include "pv/source.h"
#include "pv/value.h"

#include <cstdint>
#include <expected>
#include <string_view>

namespace iochron::client::pva {

/// One operation with all that pvAccess can be told about it, on whole structures.
struct Operation {
    enum class Kind : std::uint8_t { get, put, put_get, rpc, process, info };

    Kind kind = Kind::get;
    pv::Value request{}; ///< the pvRequest, a structure (see request_of()); none: everything
    /// Of a put or put-get: a structure, of which what is marked is written, or all where nothing is; or a plain value
    /// for its `value`, where the text of a choice will do. Of an rpc: the arguments.
    pv::Value value{};
};

/// What a put adds to its pvRequest.
struct PutRequest {
    bool block = false; ///< the answer comes when all processing is done
    pv::Processing processing = pv::Processing::passive;
};

/// The pvRequest for all fields, without options.
[[nodiscard]] const pv::Value& everything();
/// The pvRequest that a text means (wire/pva/request_text.h), with options of a put. No value for an empty text without
/// options: everything. Refused where the text makes no sense, and where a pipeline has a queueSize below 2, which ends
/// PVXS' servers (1.5.2).
[[nodiscard]] std::expected<pv::Value, pv::Status> request_of(std::string_view text, PutRequest put = {});

/// What a monitor's pvRequest says about pipelining: how many updates the server may send unasked, and after how many
/// more are granted. 0: it sends all that it has.
struct Pipeline {
    std::uint32_t window = 0;
    std::uint32_t grant_at = 0;
};
[[nodiscard]] Pipeline pipeline_of(const pv::Value& request);

} // namespace iochron::client::pva
