#include "client/overruns.h"

#include "pv/structure.h"

#include <algorithm>

namespace iochron::client {

void OverrunCount::add(const pv::TypeRef& type, const pv::BitSet& marked)
{
    if (type_ != type) {
        if (type_) {
            name_fields(before_);
        }
        type_ = type;
        counts_.assign(type->fields().size(), 0);
    }
    ++updates_;
    const auto fields = type->fields();
    for (std::size_t i = marked.next(0); i < fields.size(); i = marked.next(i)) {
        const std::size_t end = fields[i].end;
        for (; i < end; ++i) {
            counts_[i] += fields[i].type->is(pv::Type::Form::structure) ? 0 : 1;
        }
    }
}

Overruns OverrunCount::so_far() const
{
    Overruns overruns = before_;
    overruns.updates = updates_;
    if (type_) {
        name_fields(overruns);
    }
    return overruns;
}

void OverrunCount::name_fields(Overruns& overruns) const
{
    for (std::uint32_t i = 0; i < counts_.size(); ++i) {
        if (counts_[i] == 0) {
            continue;
        }
        const std::string name = type_->path(i);
        const auto known = std::ranges::find(overruns.fields, name, &Overruns::Field::name);
        if (known != overruns.fields.end()) {
            known->updates += counts_[i];
        } else {
            overruns.fields.push_back({name, counts_[i]});
        }
    }
}

} // namespace iochron::client
