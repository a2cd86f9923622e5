package org.rackweave.hal.switchtec.wire;

import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalInt;

/** The MRPC commands that are spoken here: number, subcommand, and whether one changes the switch. */
public enum MrpcKind {
    DIE_TEMPERATURE("read temperature", 0x04, 2, Effect.READS),
    /** May also clear the counters; losing a count moves nothing. */
    BANDWIDTH("read bandwidth", 0x07, 1, Effect.READS),
    READ_BIFURCATION("read bifurcation", 0x0B, 0, Effect.READS),
    BIFURCATE("bifurcate", 0x0B, 1, Effect.CHANGES),
    BIND("bind", 0x0C, 0, Effect.CHANGES),
    UNBIND("unbind", 0x0C, 1, Effect.CHANGES),
    BIND_INFO("read binds", 0x0C, 2, Effect.READS),
    LINK_STATUS("read links", 0x1C, MrpcKind.NO_SUBCOMMAND, Effect.READS),
    ECHO("echo", 0x41, MrpcKind.NO_SUBCOMMAND, Effect.READS),
    READ_PAX_ID("read PAX id", 0x81, MrpcKind.NO_SUBCOMMAND, Effect.READS),
    FABRIC_BIND("fabric bind", 0x84, 1, Effect.CHANGES),
    FABRIC_UNBIND("fabric unbind", 0x84, 2, Effect.CHANGES),
    CONFIGURE_PORT("configure port", 0x88, 0, Effect.CHANGES),
    READ_PORT_CONFIGURATION("read port configuration", 0x88, 1, Effect.READS),
    CONTROL_PORT("control port", 0x8D, MrpcKind.NO_SUBCOMMAND, Effect.CHANGES),
    PING("ping", 0x100, MrpcKind.NO_SUBCOMMAND, Effect.READS);

    /** What a command leaves behind. */
    public enum Effect {
        /** Nothing: it may be repeated. */
        READS,
        /** A different route, width or link: without an answer nobody knows. */
        CHANGES
    }

    static final int NO_SUBCOMMAND = -1;

    private final String operation;
    private final int id;
    private final int subcommand;
    private final Effect effect;

    MrpcKind(String operation, int id, int subcommand, Effect effect) {
        this.operation = operation;
        this.id = id;
        this.subcommand = subcommand;
        this.effect = effect;
    }

    /** In the field's words, as refusals and logs name it. */
    public String operation() {
        return operation;
    }

    /** The lower 16 bits of the command word. */
    public int id() {
        return id;
    }

    /** The first byte of the data, where the command has subcommands. */
    public OptionalInt subcommand() {
        return subcommand == NO_SUBCOMMAND ? OptionalInt.empty() : OptionalInt.of(subcommand);
    }

    public Effect effect() {
        return effect;
    }

    static boolean isKnown(int id) {
        return Arrays.stream(values()).anyMatch(kind -> kind.id == id);
    }

    static boolean hasSubcommands(int id) {
        return Arrays.stream(values()).anyMatch(kind -> kind.id == id && kind.subcommand != NO_SUBCOMMAND);
    }

    /** @param firstByte of the data; what it is does not matter for a command without subcommands */
    static Optional<MrpcKind> of(int id, int firstByte) {
        return Arrays.stream(values())
                .filter(kind -> kind.id == id && (kind.subcommand == NO_SUBCOMMAND || kind.subcommand == firstByte))
                .findFirst();
    }
}
