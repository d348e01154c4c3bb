"""
Reads a Perfetto trace as trace_processor does, and checks what it relies on; prints figures as JSON: perfetto_check.py FILE

Independent of the exporter: the wire format is decoded here, by the field numbers of perfetto's own protos. Packets are sorted
by time, those of one time stay in the order of the file. Checked: names are known when they are used, slices of a track are
well nested (an end has a begin, nothing stays open), each flow has one beginning and one end and does not go back in time,
events belong to tracks that are described, times of a thread's slices increase in the file, texts are valid UTF-8.
"""
import collections
import json
import sys


def varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return value, at


def fields(data):
    """Yields (number, value): ints, or bytes."""
    at = 0
    while at < len(data):
        key, at = varint(data, at)
        kind = key & 7
        if kind == 0:
            value, at = varint(data, at)
        elif kind == 1:
            value, at = int.from_bytes(data[at:at + 8], "little"), at + 8
        elif kind == 2:
            size, at = varint(data, at)
            value, at = data[at:at + size], at + size
            assert len(value) == size, "cut off"
        else:
            raise AssertionError(f"wire type {kind}")
        yield key >> 3, value


def message(data):
    found = collections.defaultdict(list)
    for number, value in fields(data):
        found[number].append(value)
    return found


def one(found, number, otherwise=None):
    return found[number][0] if found[number] else otherwise


def main(path):
    names, keys, texts, tracks = {}, {}, {}, {}
    events = []
    cleared = False
    last_in_file = collections.defaultdict(int)
    clocks = {}
    for number, packet in fields(open(path, "rb").read()):
        assert number == 1, "not a Trace"
        p = message(packet)
        flags = one(p, 13, 0)
        assert cleared or flags & 1, "state is needed before it was cleared"
        cleared = True
        for interned in map(message, p[12]):
            for field, table in ((2, names), (3, keys), (29, texts)):
                for entry in map(message, interned[field]):
                    assert one(entry, 1) not in table, "a number is given out twice"
                    table[one(entry, 1)] = one(entry, 2, b"").decode("utf-8")
        for clock in (message(c) for s in map(message, p[6]) for c in s[1]):
            clocks[one(clock, 1)] = one(clock, 2)
        for track in map(message, p[60]):
            tracks[one(track, 1)] = track
        for event in map(message, p[11]):
            ns, kind, track = one(p, 8), one(event, 9), one(event, 11)
            assert track in tracks, "a track that is not described"
            if event[10]:
                assert one(event, 10) in names, "a name that is not known"
            for note in map(message, event[4]):
                assert one(note, 1) in keys and (not note[17] or one(note, 17) in texts), "an annotation that is not known"
            if kind in (1, 2):
                assert ns >= last_in_file[track], "slices of a track go back in time"
                last_in_file[track] = ns
            events.append((ns, kind, track, event))
    events.sort(key=lambda e: e[0])

    open_slices, flows = collections.defaultdict(list), {}
    slices = collections.defaultdict(lambda: [0, 0])
    notes = collections.Counter()
    counters = collections.defaultdict(int)
    ended = 0
    for ns, kind, track, event in events:
        if kind == 1:
            open_slices[track].append((names[one(event, 10)], ns))
            for note in map(message, event[4]):
                if keys[one(note, 1)] == "bytes":
                    notes[names[one(event, 10)] + ".bytes"] += one(note, 3, 0)
        elif kind == 2:
            assert open_slices[track], "an end without a begin"
            name, begin = open_slices[track].pop()
            slices[name][0] += 1
            slices[name][1] += ns - begin
        elif kind == 4:
            counter = one(tracks[track], 2).decode("utf-8")
            counters[counter] = max(counters[counter], one(event, 30))
        for flow in event[47]:
            assert flow not in flows, "a flow begins twice"
            flows[flow] = ns
        for flow in event[48]:
            assert flows.pop(flow) <= ns, "a flow goes back in time"
            ended += 1
    assert not flows, "a flow without an end"
    assert not any(open_slices.values()), "a slice stays open"
    threads = {one(message(t[4][0]), 2): one(message(t[4][0]), 5, b"").decode("utf-8") for t in tracks.values() if t[4]}
    print(json.dumps({
        "slices": {name: {"count": count, "ns": ns} for name, (count, ns) in slices.items()},
        "bytes": notes, "flows": ended, "threads": threads, "names": list(names.values()), "texts": list(texts.values()),
        "processes": sum(1 for t in tracks.values() if t[3]), "live_peak": counters["live heap"], "counters": sorted(counters), "clocks": clocks,
    }))


main(sys.argv[1])
