package org.rackweave.sim.world;

import java.util.Optional;
import org.rackweave.daemon.lease.HardwareOrder;
import org.rackweave.daemon.lease.HardwareResult;
import org.rackweave.daemon.lease.RouteReading;
import org.rackweave.daemon.lease.SliceFacts;
import org.rackweave.protocol.message.Attachment;
import org.rackweave.protocol.message.Epoch;
import org.rackweave.protocol.message.FenceKind;

/**
 * One slice as it is in truth. Hardware that holds an epoch refuses what is older; other hardware takes whatever comes, and
 * its path is drained before it is believed.
 */
final class SliceHardware {
    private static final String WIPE = "simulated wipe";
    private static final String DIGEST = "0".repeat(64);
    private static final String STRANGE = " (bound behind its owner's back)";

    private final SliceFacts facts;
    private String host = "";
    private long boundEpoch;
    private long fencedEpoch;
    private String written = "somebody before it was first seen";
    private String loaded = "";
    private boolean isLoadedLate;
    private boolean forgotEpochs;
    private boolean isGone;

    SliceHardware(SliceFacts facts) {
        this.facts = facts;
    }

    SliceFacts facts() {
        return facts;
    }

    boolean isBound() {
        return !host.isEmpty();
    }

    /** Whose host it is bound to; empty when to none. */
    String host() {
        return host;
    }

    /** What it was bound with last. */
    long boundEpoch() {
        return boundEpoch;
    }

    boolean isWiped() {
        return written.isEmpty();
    }

    /** Whose data may be in it; empty when nobody's. */
    String written() {
        return written;
    }

    /** Which configuration is in it; empty in its default state. */
    String loaded() {
        return loaded;
    }

    boolean hasStrangersData() {
        return written.endsWith(STRANGE);
    }

    boolean isGone() {
        return isGone;
    }

    void goAway() {
        isGone = true;
    }

    void comeBack() {
        isGone = false;
    }

    /** Whether an order from before is surely refused. */
    boolean fencesWhatIsLate() {
        return holdsEpoch() && !forgotEpochs;
    }

    /** Something other than an order of its owner routes it; hardware that holds an epoch keeps the one it has. */
    void movedTo(String otherHost) {
        host = otherHost;
        fencedEpoch = Math.max(fencedEpoch, otherHost.isEmpty() ? boundEpoch : 0);
        if (!otherHost.isEmpty()) {
            written = otherHost + STRANGE;
        }
    }

    /** It forgets its epochs, and is routed as its maker chose. */
    void reset(String defaultHost) {
        boundEpoch = 0;
        fencedEpoch = 0;
        forgotEpochs = true;
        movedTo(defaultHost);
    }

    /** An order takes effect that hardware without an epoch cannot know to be old. */
    void land(HardwareOrder order, long epoch) {
        if (order instanceof HardwareOrder.Bind bind && !isBound()) {
            movedTo(bind.hostPort());
            boundEpoch = Math.max(boundEpoch, epoch);
        } else if (order instanceof HardwareOrder.Unbind) {
            movedTo("");
        } else if (order instanceof HardwareOrder.Load load && !isBound() && loaded.isEmpty()) {
            loaded = load.configuration();
            isLoadedLate = true;
        }
    }

    boolean holdsEpoch() {
        return facts.fence() == FenceKind.HARDWARE_EPOCH;
    }

    /** Whether an unbind with this epoch would take it from a host now. */
    boolean wouldBeTaken(long epoch) {
        return isBound() && !(holdsEpoch() && epoch < boundEpoch);
    }

    RouteReading route() {
        if (isGone) {
            return new RouteReading.Unreadable("it is not there");
        }
        if (isBound()) {
            return new RouteReading.Bound(host, holdsEpoch() ? new Epoch(boundEpoch) : Epoch.NONE);
        }
        return new RouteReading.Unbound(holdsEpoch() ? new Epoch(fencedEpoch) : Epoch.NONE, readLoaded());
    }

    HardwareResult carryOut(HardwareOrder order, long epoch) {
        if (isGone && !(order instanceof HardwareOrder.ReadRoute)) {
            return new HardwareResult.Refused("it is not there");
        }
        if (order instanceof HardwareOrder.Load load) {
            return load(load.configuration(), epoch);
        } else if (order instanceof HardwareOrder.Bind bind) {
            return bind(bind.hostPort(), epoch);
        } else if (order instanceof HardwareOrder.Unbind) {
            return unbind(epoch);
        } else if (order instanceof HardwareOrder.Sanitise) {
            return wipe();
        }
        return new HardwareResult.Read(route());
    }

    /** A wipe that does not reach everything, and says so: what is loaded stays, or the last byte. */
    HardwareResult wipeShort() {
        if (isBound()) {
            return new HardwareResult.Refused("bound to " + host);
        }
        long verified = loaded.isEmpty() ? facts.amount() - 1 : facts.amount();
        return new HardwareResult.Wiped(WIPE, facts.amount(), verified, readLoaded());
    }

    private Optional<String> readLoaded() {
        return Optional.of(loaded).filter(name -> !name.isEmpty());
    }

    private HardwareResult load(String configuration, long epoch) {
        if (isBound()) {
            return new HardwareResult.Refused("bound to " + host);
        }
        if (holdsEpoch() && epoch <= fencedEpoch) {
            return new HardwareResult.Refused("epoch " + epoch + " is not newer than " + fencedEpoch);
        }
        if (!facts.configurations().contains(configuration)) {
            throw new Violation(
                    Invariant.LOADED_AS_ASKED,
                    facts.key() + " is told to load " + configuration + ", which it has not");
        }
        if (isLoadedLate && !loaded.equals(configuration)) {
            // Its owner cannot know yet.
            return new HardwareResult.Refused(loaded + " is loaded");
        }
        if (!loaded.isEmpty() && !loaded.equals(configuration)) {
            throw new Violation(
                    Invariant.NOTHING_UNWIPED,
                    facts.key() + " is told to load " + configuration + " with epoch " + epoch + " and still has "
                            + loaded);
        }
        loaded = configuration;
        return new HardwareResult.Loaded(configuration, DIGEST);
    }

    private HardwareResult bind(String newHost, long epoch) {
        boolean again = host.equals(newHost) && (!holdsEpoch() || boundEpoch == epoch);
        if (isBound() && !again) {
            return new HardwareResult.Refused("bound to " + host + " with epoch " + boundEpoch);
        }
        if (!again && holdsEpoch() && epoch <= fencedEpoch) {
            return new HardwareResult.Refused("epoch " + epoch + " is not newer than " + fencedEpoch);
        }
        // Somebody else may have taken it from the host: what the same lease wrote may come back to it.
        boolean isOwnData = written.equals(newHost + " (epoch " + epoch + ")");
        if (!again && !isWiped() && !isOwnData) {
            throw new Violation(
                    Invariant.NOTHING_UNWIPED,
                    facts.key() + " is bound to " + newHost + " with epoch " + epoch + " and still has the data of "
                            + written);
        }
        if (epoch < boundEpoch) {
            throw new Violation(
                    Invariant.EPOCHS_ONLY_GROW, facts.key() + " is bound with epoch " + epoch + " after " + boundEpoch);
        }
        host = newHost;
        boundEpoch = epoch;
        forgotEpochs = false;
        written = newHost + " (epoch " + epoch + ")";
        return new HardwareResult.Attached(new Attachment("file-window", facts.key(), facts.amount()), readLoaded());
    }

    private HardwareResult unbind(long epoch) {
        if (isBound() && !wouldBeTaken(epoch)) {
            return new HardwareResult.Refused("bound with the newer epoch " + boundEpoch);
        }
        host = "";
        fencedEpoch = Math.max(fencedEpoch, epoch);
        forgotEpochs = false;
        return new HardwareResult.Detached();
    }

    private HardwareResult wipe() {
        if (isBound()) {
            return new HardwareResult.Refused("bound to " + host);
        }
        written = "";
        loaded = "";
        isLoadedLate = false;
        return new HardwareResult.Wiped(WIPE, facts.amount(), facts.amount(), readLoaded());
    }
}
