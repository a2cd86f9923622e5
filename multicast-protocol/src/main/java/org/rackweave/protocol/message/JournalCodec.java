package org.rackweave.protocol.message;

import java.util.HexFormat;

/** The wire forms of what a node says of itself and its neighbours: nodes, events, audit rows, counters. */
final class JournalCodec {
    private static final int HASH_BYTES = 32;

    private JournalCodec() {}

    // ---- node: 1 id, 2 name, 3 liveness, 4 boot epoch, 5 endpoint, 6 version, 7 silent, 8 capacity

    static Item form(NodeView node) {
        return new Item.Table()
                .putId(1, node.id().high(), node.id().low())
                .put(2, node.name())
                .put(3, node.liveness())
                .put(4, node.bootEpoch())
                .put(5, node.endpoint())
                .put(6, node.version())
                .put(7, node.silentMillis())
                .put(8, Item.array(node.capacity(), JournalCodec::form));
    }

    static NodeView node(Fields in) throws Malformed {
        var id = in.nodeId(1, "id");
        var name = in.text(2, "name", NodeView.MAX_NAME_CHARS);
        var liveness = in.text(3, "liveness", NodeView.MAX_LIVENESS_CHARS);
        var bootEpoch = in.natural(4, "bootEpoch");
        var endpoint = in.text(5, "endpoint", NodeView.MAX_ENDPOINT_CHARS);
        var version = in.natural(6, "version");
        var silentMillis = in.natural(7, "silentMillis");
        var capacity = in.list(8, "capacity", NodeView.MAX_CAPACITIES, JournalCodec::capacity);
        return in.make(
                Fields.Unknown.IGNORED,
                () -> new NodeView(id, name, liveness, bootEpoch, endpoint, version, silentMillis, capacity));
    }

    // ---- capacity: 1 kind, 2 total, 3 free, 4 largest

    private static Item form(NodeView.Capacity capacity) {
        return new Item.Table()
                .put(1, capacity.kind().code())
                .put(2, capacity.total())
                .put(3, capacity.free())
                .put(4, capacity.largest());
    }

    private static NodeView.Capacity capacity(Fields in) throws Malformed {
        var kind = in.code(1, "kind", ResourceKind::ofCode);
        var total = in.natural(2, "total");
        var free = in.natural(3, "free");
        var largest = in.natural(4, "largest");
        return in.make(Fields.Unknown.IGNORED, () -> new NodeView.Capacity(kind, total, free, largest));
    }

    // ---- event: 1 number, 2 at, 3 kind, 4 subject, 5 text

    static Item form(EventView event) {
        return new Item.Table()
                .put(1, event.number())
                .put(2, event.atEpochMillis())
                .put(3, event.kind())
                .put(4, event.subject())
                .put(5, event.text());
    }

    static EventView event(Fields in) throws Malformed {
        var number = in.natural(1, "number");
        var atEpochMillis = in.whole(2, "atEpochMillis");
        var kind = in.text(3, "kind", EventView.MAX_KIND_CHARS);
        var subject = in.text(4, "subject", EventView.MAX_SUBJECT_CHARS);
        var text = in.text(5, "text", EventView.MAX_TEXT_CHARS);
        return in.make(Fields.Unknown.IGNORED, () -> new EventView(number, atEpochMillis, kind, subject, text));
    }

    // ---- audit row: 1 number, 2 at, 3 actor, 4 action, 5 subject, 6 detail, 7 hash

    static Item form(AuditRow row) {
        return new Item.Table()
                .put(1, row.number())
                .put(2, row.atEpochMillis())
                .put(3, row.actor())
                .put(4, row.action())
                .put(5, row.subject())
                .put(6, row.detail())
                .put(7, new Item.Bytes(HexFormat.of().parseHex(row.hash())));
    }

    static AuditRow auditRow(Fields in) throws Malformed {
        var number = in.natural(1, "number");
        var atEpochMillis = in.whole(2, "atEpochMillis");
        var actor = in.text(3, "actor", AuditRow.MAX_ACTOR_CHARS);
        var action = in.text(4, "action", AuditRow.MAX_ACTION_CHARS);
        var subject = in.text(5, "subject", AuditRow.MAX_SUBJECT_CHARS);
        var detail = in.text(6, "detail", AuditRow.MAX_DETAIL_CHARS);
        var hash = HexFormat.of().formatHex(in.bytes(7, "hash", HASH_BYTES));
        return in.make(
                Fields.Unknown.IGNORED,
                () -> new AuditRow(number, atEpochMillis, actor, action, subject, detail, hash));
    }

    // ---- counter: 1 name, 2 sentence, 3 value

    static Item form(CounterView counter) {
        return new Item.Table()
                .put(1, counter.name())
                .put(2, counter.sentence())
                .put(3, counter.value());
    }

    static CounterView counter(Fields in) throws Malformed {
        var name = in.text(1, "name", CounterView.MAX_NAME_CHARS);
        var sentence = in.text(2, "sentence", CounterView.MAX_SENTENCE_CHARS);
        var value = in.whole(3, "value");
        return in.make(Fields.Unknown.IGNORED, () -> new CounterView(name, sentence, value));
    }
}
