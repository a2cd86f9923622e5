package org.rackweave.hal;

import java.util.List;
import java.util.Optional;

/**
 * The hardware by which one node attaches its slices to hosts and takes them back: a CXL switch, a PCIe switch, a QEMU
 * host, or a simulated one. It is driven by one worker thread; implementations need not be safe for several.
 *
 * <p>Each command is idempotent: repeated with the same arguments it ends in the same state and says so. Each may block
 * for as long as its hardware needs; the caller bounds that with a thread of its own.
 */
public interface Interposer extends AutoCloseable {
    /** What kind of interposer this is, for people: {@code simulated file windows under /run/rack}. */
    String description();

    /** Whether the hardware is real. A daemon says so wherever it shows what this interposer did. */
    Provenance provenance();

    /** All slices that this node's hardware has now, in a stable order. */
    List<HardwareSlice> slices() throws HalException;

    /** Reads back where a slice is routed. */
    Route route(String sliceKey) throws HalException;

    /**
     * Loads one of the slice's own configurations into it. The slice must be unbound and in its default state. Loaded already:
     * says so again. Another one is loaded, the slice does not have it, it is bound, or the hardware says no:
     * {@link HalException.Refused}. No answer: {@link HalException.OutcomeUnknown}.
     *
     * <p>Hardware without configurations need not implement it.
     *
     * @param epoch that of the bind which follows; hardware that holds epochs refuses one that was unbound already, so that an
     *     order which a dead process left behind comes to nothing
     * @return what is loaded, read back
     */
    default LoadedConfiguration load(String sliceKey, String configuration, long epoch) throws HalException {
        throw new HalException.Refused(
                sliceKey, "load", "this hardware loads no configurations", "ask for a slice that has " + configuration);
    }

    /**
     * Reads back what is loaded in a slice; empty when it is in its default state.
     *
     * <p>Hardware without configurations need not implement it: nothing is ever loaded there.
     */
    default Optional<LoadedConfiguration> loaded(String sliceKey) throws HalException {
        return Optional.empty();
    }

    /**
     * Routes a slice to a host port. Bound already to that host with that epoch: says so again. Bound to another host, or
     * with a newer epoch: {@link HalException.Refused}.
     *
     * @param epoch grows with every grant of this slice; hardware that can hold it refuses an older one afterwards
     */
    HardwareAttachment bind(String sliceKey, String hostPort, long epoch) throws HalException;

    /**
     * Takes a slice from whichever host it is routed to, without that host's help. Unbound already: nothing moves. Hardware
     * that holds epochs holds this one afterwards, shows it in {@link #route} and refuses a bind with it or an older one, so
     * that an order which a dead process left behind comes to nothing.
     */
    void unbind(String sliceKey, long epoch) throws HalException;

    /**
     * Makes everything that a host wrote unreadable, and reads back that it is. What was loaded is gone too: {@link #loaded}
     * is empty afterwards. The slice must be unbound. A kind that keeps no data says so by {@link WipeReport#noneNeeded}.
     */
    WipeReport sanitise(String sliceKey) throws HalException;

    /**
     * What an operator has to look at now, although each command may still do as told: a lost power supply, a fan that stands still,
     * a module that is gone. A sentence each, the same words for the same trouble, in a stable order; empty when all is well.
     *
     * <p>Hardware that watches nothing need not implement it.
     */
    default List<String> warnings() {
        return List.of();
    }

    /**
     * Asks the device that a slice is on for what must not change while it is lent. A device that once told and does no more has
     * changed; one that never did is {@link DeviceState#UNTOLD}.
     *
     * <p>Hardware whose devices cannot be asked need not implement it.
     */
    default DeviceState deviceState(String sliceKey) throws HalException {
        return DeviceState.UNTOLD;
    }

    @Override
    void close();
}
