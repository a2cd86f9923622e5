package org.rackweave.hal.switchtec.wire;

/** Why bytes were not accepted. */
public enum Problem {
    /** They end before the layout does. */
    TRUNCATED(MrpcError.PARAMETER_INVALID),
    /** They go on after the layout has ended. */
    EXTRA_BYTES(MrpcError.PARAMETER_INVALID),
    /** Nothing of ours has that command's number. */
    UNKNOWN_COMMAND(MrpcError.COMMAND_INVALID),
    /** The command has no such subcommand. */
    UNKNOWN_SUBCOMMAND(MrpcError.SUBCOMMAND_INVALID),
    /** A count or length is larger than there can be. */
    COUNT_BEYOND_LIMIT(MrpcError.PARAMETER_INVALID),
    /** A field has a value that the layout does not know. */
    VALUE_OUT_OF_RANGE(MrpcError.PARAMETER_INVALID),
    /** A table names a port twice. */
    DUPLICATE_PORT(MrpcError.PARAMETER_INVALID),
    /** The answer is to something that was not asked. */
    NOT_WHAT_WAS_ASKED(MrpcError.PARAMETER_INVALID),
    /** An Ethernet header that does not begin with "mlss". */
    BAD_SIGNATURE(MrpcError.PARAMETER_INVALID),
    /** An Ethernet header of another version. */
    UNKNOWN_VERSION(MrpcError.PARAMETER_INVALID),
    /** An Ethernet header with a type and function that nobody knows. */
    UNKNOWN_PACKET(MrpcError.PARAMETER_INVALID);

    private final MrpcError answer;

    Problem(MrpcError answer) {
        this.answer = answer;
    }

    /** What a switch says to a command with that problem. */
    public MrpcError answer() {
        return answer;
    }
}
