package org.rackweave.hal.switchtec.wire;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The return codes of MRPC that have a name, with what to do about each. Whoever sees another code has learnt nothing: it is no
 * {@code MrpcError}, and a command that changes something is then of unknown outcome.
 */
public enum MrpcError {
    PHYSICAL_PORT_BOUND(0x1, "unbind the physical port first"),
    LOGICAL_PORT_BOUND(0x2, "choose another logical port, or unbind this one first"),
    NO_SUCH_PARTITION(0x3, "choose a partition that the switch's configuration has"),
    NO_SUCH_PHYSICAL_PORT(0x4, "choose a port that the stack's bifurcation makes"),
    PHYSICAL_PORT_DISABLED(0x5, "enable the port first"),
    NO_SUCH_LOGICAL_PORT(0x6, "choose a logical port that the partition has"),
    BIND_IN_PROGRESS(0x7, "wait until the bind information shows no port in progress, then try again"),
    PORT_IS_UPSTREAM(0x8, "choose a downstream port; an upstream port cannot be moved"),
    BIND_SUBCOMMAND_INVALID(0x9, "the firmware knows no such bind command; update it"),
    LINK_ACTIVE(0xA, "take the link down first"),
    LOGICAL_PORT_NOT_BOUND(0xB, "nothing is bound there; read the bind information"),
    UNBIND_OPTION_INVALID(0xC, "unbind with option 2"),
    BIND_CHECK_FAILED(0xD, "read the bind information, and the switch's log"),
    UNSUPPORTED(0x4A, "this switch or firmware does not have the command"),
    NO_SUCH_STACK(0x54003, "choose a stack that the switch has"),
    BIFURCATION_SUBCOMMAND_INVALID(0x54040, "the firmware knows no such bifurcation command; update it"),
    BIFURCATION_INVALID(0x54042, "choose widths that fit into the stack's 16 lanes"),
    STACK_PORT_BOUND(0x54043, "unbind every port of the stack first"),
    NO_THREAD(0x64001, "the firmware is busy; try again"),
    HANDLER_BUSY(0x64002, "the same command is under way, perhaps for somebody else; try again"),
    NO_BACKGROUND_THREAD(0x64003, "the firmware is busy in the background; try again"),
    SUBCOMMAND_INVALID(0x64004, "the firmware knows no such subcommand"),
    COMMAND_INVALID(
            0x64005, "the firmware knows no such command; a fan-out switch has no fabric commands, and the reverse"),
    PARAMETER_INVALID(0x64006, "the firmware did not like a parameter"),
    WRONG_FIRMWARE_STATE(0x64007, "the switch is still starting, or in its boot loader"),
    DENIED(0x64010, "this interface may not send that command; see the switch's security configuration"),
    NO_EARLIER_DATA(0x64012, "start the transfer before asking for its data"),
    STACK_INVALID(0x100001, "choose a stack that the switch has"),
    PORT_INVALID(0x100002, "choose a port that the switch has"),
    ACCESS_REFUSED(0xFFFF0001, "this address may not be accessed over this interface");

    private static final Map<Integer, MrpcError> BY_CODE =
            Arrays.stream(values()).collect(Collectors.toUnmodifiableMap(MrpcError::code, Function.identity()));

    private final int code;
    private final String advice;

    MrpcError(int code, String advice) {
        this.code = code;
        this.advice = advice;
    }

    /** The number on the wire. */
    public int code() {
        return code;
    }

    /** What to do about it. */
    public String advice() {
        return advice;
    }

    /** Empty when the code has no name here, or is 0. */
    public static Optional<MrpcError> of(int code) {
        return Optional.ofNullable(BY_CODE.get(code));
    }
}
