#include "server/pva/service.h"

#include "pv/normative.h"
#include "wire/pva/bit_set.h"
#include "wire/pva/header.h"
#include "wire/pva/status.h"
#include "wire/pva/value.h"

#include <algorithm>

namespace iochron::server::pva {
namespace {

using wire::pva::Encoder;

std::size_t begin(std::vector<std::byte>& frame, std::uint8_t subcommand)
{
    frame.clear();
    const std::size_t start = begin_message(frame, wire::pva::Role::server, byte_order, wire::pva::Command::monitor);
    Encoder encoder(frame, byte_order);
    encoder.u32(0); // the request's id, patched in for each member
    encoder.u8(subcommand);
    return start;
}

} // namespace

Service::Service(Surroundings surroundings, const wire::pva::Guid& guid, Names names)
    : server::Service(
          std::move(surroundings),
          {.prefix = "pva.server.", .sessions = "connections", .id_at = id_offset, .properties_apart = true}),
      guid_(guid), names_(std::move(names))
{}

Service::~Service() = default;

std::uint32_t Service::select(const pv::TypeRef& type, const pv::BitSet& fields)
{
    const auto found = std::ranges::find_if(selections_, [&](const Selection& selection) {
        return selection.type != nullptr && selection.fields == fields &&
               (selection.type == type || *selection.type == *type);
    });
    if (found != selections_.end()) {
        return static_cast<std::uint32_t>(found - selections_.begin());
    }
    auto number = static_cast<std::uint32_t>(selections_.size());
    if (free_selections_.empty()) {
        selections_.emplace_back();
    } else {
        number = free_selections_.back();
        free_selections_.pop_back();
    }
    selections_[number] = {type, fields};
    return number;
}

void Service::group_ended(const Group& group)
{
    Selection& selection = selections_[group.count];
    if (--selection.groups == 0) {
        selection = {};
        free_selections_.push_back(group.count);
    }
}

std::size_t Service::updates(std::span<const pv::Update> batch)
{
    return deliver(batch, [this](const Group& group, const pv::Sample& sample) { return encode(group, sample); });
}

EncodedUpdate Service::encode(const Group& group, const pv::Sample& sample)
{
    constexpr pv::Mask changing = pv::Mask::value | pv::Mask::log | pv::Mask::alarm;
    const bool only_changing = any(sample.mask & changing) && !any(sample.mask & pv::Mask::property);
    if (group.type == as_number && only_changing && is_number(sample.value.type()) && !sample.value.is_array())
        [[likely]] {
        if (const auto frame = number_frame_.encode(sample); !frame.empty()) [[likely]] {
            return {frame, {}};
        }
    }
    return structure(selections_[group.count], sample);
}

EncodedUpdate Service::structure(const Selection& selection, const pv::Sample& sample)
{
    const bool first = sample.mask == pv::Mask::none;
    const bool property = any(sample.mask & pv::Mask::property);
    const pv::Parts parts = first || property ? pv::Parts::all : pv::Parts::changing;
    pv::Structure all = to_structure(selection.type, sample, *sample.meta, parts);
    if (first && sample.value.structure() != nullptr) {
        all.mark_all();
    }
    all.keep_marks(selection.fields);
    const std::size_t start = begin(frame_, 0);
    Encoder encoder(frame_, byte_order);
    write_marked(encoder, all);
    encoder.u8(0);
    wire::pva::end_message(frame_, start, byte_order);
    return {frame_, {}};
}

/// The end of the subscription, with its reason.
EncodedUpdate Service::refuse(const Group& /*group*/, const pv::Status& why)
{
    constexpr std::uint8_t finish = 0x10;
    const std::size_t start = begin(frame_, finish);
    Encoder encoder(frame_, byte_order);
    wire::pva::write(encoder, wire::pva::to_status(why));
    wire::pva::end_message(frame_, start, byte_order);
    return {frame_, {}};
}

} // namespace iochron::server::pva
