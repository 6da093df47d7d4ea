#include "reactor/touched.h"

#include <utility>

namespace iochron::reactor {

void TouchedLists::list(Touched& thing, bool in_pass, base::Steady now)
{
    if (!in_pass) {
        forget(thing);
        put(thing, filling_);
        return;
    }
    if (oldest_tail_ == base::never) {
        oldest_tail_ = now;
    }
    put(thing, tails);
}

void TouchedLists::put(Touched& thing, unsigned char list)
{
    thing.list_ = list;
    thing.place_ = lists_[list].size();
    lists_[list].push_back(&thing);
}

void TouchedLists::forget(Touched& thing)
{
    if (thing.list_ != Touched::on_no_list) {
        lists_[thing.list_][thing.place_] = nullptr;
        thing.list_ = Touched::on_no_list;
    }
}

void TouchedLists::end_pass()
{
    for (Touched* const thing : lists_[tails]) {
        if (thing != nullptr) {
            put(*thing, filling_);
        }
    }
    lists_[tails].clear();
    oldest_tail_ = base::never;
}

void TouchedLists::begin()
{
    if (lists_[filling_ ^ 1].empty()) {
        filling_ ^= 1;
    }
}

Touched* TouchedLists::next()
{
    std::vector<Touched*>& round = lists_[filling_ ^ 1];
    while (settled_ < round.size()) {
        if (Touched* const thing = round[settled_++]) {
            thing->list_ = Touched::on_no_list;
            return thing;
        }
    }
    round.clear();
    settled_ = 0;
    return nullptr;
}

} // namespace iochron::reactor
