#pragma once

#include "pv/structure.h"
#include "server/pva/first_frame.h"
#include "server/pva/frames.h"
#include "server/pva/number_frame.h"
#include "server/pva/outgoing.h"
#include "server/service.h"
#include "wire/pva/search.h"

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace iochron::server::pva {

class Connection;

/// Of a client, after which its connection ends (pvxs, pvAccessCPP).
inline constexpr base::Duration usual_silence = std::chrono::seconds(40);
/// Form::type of an NTScalar number of which everything that changes is wanted: its updates take the short way.
inline constexpr std::uint8_t as_number = 1;

/// The pvAccess server without its sockets: a Service whose sessions are Connections and whose frames are PVA's.
/// Thread: shard
class Service final : public server::Service {
  public:
    /// Lists the names for pvlist.
    using Names = std::function<std::vector<std::string>()>;

    Service(Surroundings surroundings, const wire::pva::Guid& guid, Names names);
    ~Service() override;

    [[nodiscard]] const wire::pva::Guid& guid() const { return guid_; }
    [[nodiscard]] std::vector<std::string> names() const { return names_(); }
    [[nodiscard]] base::Duration silence() const { return silence_; }
    void set_silence(base::Duration silence) { silence_ = silence; }

    /// The number of "these fields of this type", for Form::count of a group that is made or joined at once. Let go
    /// with its last group.
    [[nodiscard]] std::uint32_t select(const pv::TypeRef& type, const pv::BitSet& fields);
    [[nodiscard]] std::size_t selections() const { return selections_.size() - free_selections_.size(); }

    // pv::Sink
    std::size_t updates(std::span<const pv::Update> batch) override;

  private:
    struct Selection {
        pv::TypeRef type; ///< null: free
        pv::BitSet fields;
        std::size_t groups = 0;
    };

    EncodedUpdate encode(const Group& group, const pv::Sample& sample) override;
    EncodedUpdate refuse(const Group& group, const pv::Status& why) override;
    void forget_elements() override
    {
        outgoing_.forget();
        first_frame_.forget();
    }
    void group_made(const Group& group) override { ++selections_[group.count].groups; }
    void group_ended(const Group& group) override;
    [[nodiscard]] EncodedUpdate structure(const Selection& selection, const pv::Sample& sample);
    [[nodiscard]] EncodedUpdate fields(const pv::Structure& structure, const pv::BitSet& marks);

    wire::pva::Guid guid_;
    Names names_;
    base::Duration silence_ = usual_silence;
    std::vector<Selection> selections_;
    std::vector<std::uint32_t> free_selections_;
    NumberFrame number_frame_;
    FirstFrame first_frame_;
    Outgoing outgoing_;
};

} // namespace iochron::server::pva
