package org.rackweave.hal.switchtec.routing;

import org.rackweave.hal.HalException;
import org.rackweave.hal.switchtec.Outcome;
import org.rackweave.hal.switchtec.wire.MrpcAnswer;
import org.rackweave.hal.switchtec.wire.MrpcCommand;
import org.rackweave.hal.switchtec.wire.MrpcError;
import org.rackweave.hal.switchtec.wire.PhysicalPort;
import org.rackweave.hal.switchtec.wire.StackLanes;

/**
 * Splits a stack when a part of it is lent, and joins it when the last part came back. The switch itself refuses both while a port of the
 * stack is bound, so that a late one moves nobody's lanes.
 */
final class StackSplits {
    private final SwitchLine line;
    private final PortBinds binds;

    StackSplits(SwitchLine line, PortBinds binds) {
        this.line = line;
        this.binds = binds;
    }

    /** How it is now. */
    enum State {
        WHOLE,
        SPLIT
    }

    /** @throws HalException.Unavailable when it is neither */
    State state(StackSplit stack) throws HalException {
        StackLanes now = lanes(stack);
        if (now.equals(stack.split())) {
            return State.SPLIT;
        }
        if (now.equals(stack.whole())) {
            return State.WHOLE;
        }
        throw new HalException.Unavailable(
                name(stack),
                "read bifurcation",
                "its lanes are " + now.widths() + ", which is neither whole nor split",
                "somebody else split it; correct that, or the setting splits");
    }

    /**
     * Splits it, if it is whole.
     *
     * @throws HalException.Refused when a port of it is bound
     */
    void split(StackSplit stack) throws HalException {
        if (state(stack) == State.WHOLE) {
            bifurcate(stack, stack.split());
        }
    }

    /**
     * Joins it, if nobody uses it or may be about to.
     *
     * @throws HalException.OutcomeUnknown when nobody knows whether it is joined; the same again makes up for it
     */
    void joinIfUnused(StackSplit stack) throws HalException {
        try {
            if (state(stack) == State.SPLIT && !binds.isOwedTo(stack) && !binds.isUsed(stack)) {
                bifurcate(stack, stack.whole());
            }
        } catch (HalException.Unavailable unread) {
            // A port of it was unbound just before, so that "nothing was changed" would be wrong.
            throw unknown(stack, String.valueOf(unread.getMessage()));
        }
    }

    /** @throws HalException.OutcomeUnknown when a port that was bound as part of a split stack has another width */
    void requireWidth(PhysicalPort port, StackSplit stack) throws HalException {
        int lanes = lanesOf(port, stack);
        if (lanes != stack.lanesSplit(port)) {
            throw new HalException.OutcomeUnknown(
                    name(stack),
                    "bind",
                    "port " + port.id() + " has " + lanes + " lanes, not " + stack.lanesSplit(port),
                    "it was joined while it was being bound; unbind it, and look who else splits it");
        }
    }

    private int lanesOf(PhysicalPort port, StackSplit stack) throws HalException {
        try {
            return line.read(new MrpcCommand.LinkStatus(1L << port.id())).ports().stream()
                    .filter(link -> link.port().equals(port))
                    .mapToInt(MrpcAnswer.PortLink::configuredLanes)
                    .findFirst()
                    .orElse(0);
        } catch (HalException unread) {
            throw unknown(stack, String.valueOf(unread.getMessage()));
        }
    }

    private void bifurcate(StackSplit stack, StackLanes to) throws HalException {
        MrpcCommand.Bifurcate command = new MrpcCommand.Bifurcate(stack.stack(), to);
        Outcome<MrpcAnswer.Bifurcation> outcome = line.perform(command);
        switch (outcome.kind()) {
            case ANSWERED -> requireSplit(stack, to);
            case REFUSED -> {
                MrpcError error = ((Outcome.Refused<MrpcAnswer.Bifurcation>) outcome).error();
                throw line.refused(command, error);
            }
            case NOT_SENT ->
                throw new HalException.Refused(
                        name(stack),
                        "bifurcate",
                        ((Outcome.NotSent<MrpcAnswer.Bifurcation>) outcome).why(),
                        "nothing was sent; try again");
            case UNKNOWN -> throw unknown(stack, ((Outcome.Unknown<MrpcAnswer.Bifurcation>) outcome).seen());
        }
    }

    private void requireSplit(StackSplit stack, StackLanes to) throws HalException {
        StackLanes now;
        try {
            now = lanes(stack);
        } catch (HalException unread) {
            throw unknown(stack, String.valueOf(unread.getMessage()));
        }
        if (!now.equals(to)) {
            throw unknown(stack, "it was told to be done, and its lanes are " + now.widths());
        }
    }

    private StackLanes lanes(StackSplit stack) throws HalException {
        return line.read(new MrpcCommand.ReadBifurcation(stack.stack())).lanes();
    }

    private HalException unknown(StackSplit stack, String seen) {
        return new HalException.OutcomeUnknown(
                name(stack), "bifurcate", seen, "read the bifurcation; unbind the same slice again to have it joined");
    }

    private String name(StackSplit stack) {
        return line.device() + " stack " + stack.stack();
    }
}
