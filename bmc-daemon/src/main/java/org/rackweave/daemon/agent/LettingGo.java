package org.rackweave.daemon.agent;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.rackweave.protocol.message.Command;
import org.rackweave.protocol.message.ForcedEndEffect;
import org.rackweave.protocol.message.HostOrder;
import org.rackweave.protocol.message.LeaseId;
import org.rackweave.protocol.message.LeaseView;
import org.rackweave.protocol.message.OrderOutcome;

/**
 * What this host is to let go of, and until when: by the agent's own clock, so that a card that dies meanwhile hides nothing. Until
 * then VMs may close the window by themselves; one that still has it open when the time is over is stopped before it
 * touches what is no longer there. What a forced end would kill its owner does not take away: that is waited for. One thread
 * uses it.
 */
final class LettingGo {
    /** The agent may be waiting for a card that is dead when the time is over: it acts so much earlier, in milliseconds. */
    private static final long AHEAD_MILLIS = 5_000;

    /** Longer than any grace, so that no sum overflows. */
    private static final long LONGEST_MILLIS = 400L * 24 * 3_600 * 1_000;

    private final Host host;
    private final OpenFiles openFiles;
    private final Map<LeaseId, Duty> duties = new LinkedHashMap<>();
    private final Map<String, Path> stopped = new HashMap<>();

    private record Duty(HostOrder.LetGo order, Path window, long untilMillis) {}

    LettingGo(Host host, OpenFiles openFiles) {
        this.host = host;
        this.openFiles = openFiles;
    }

    /**
     * Takes an order.
     *
     * @param window where the host reaches the lease
     * @param nowMillis of a clock that only goes forward
     * @return what is to be told; nothing when that has been told and has not changed
     */
    Optional<Command.OrderDone> told(HostOrder.LetGo order, Windows.Window window, long nowMillis)
            throws ControlException {
        if (order.why() == HostOrder.LetGo.Why.UNUSED) {
            requireUnused(window.path());
            return Optional.of(done(order, ""));
        }
        Duty before = duties.get(order.lease());
        long ahead = Math.min(AHEAD_MILLIS, order.withinMillis() / 2);
        long until = window.forcedEnd() == ForcedEndEffect.FATAL
                ? Long.MAX_VALUE
                : nowMillis + Math.min(order.withinMillis(), LONGEST_MILLIS) - ahead;
        Duty duty = new Duty(order, window.path(), before == null ? until : Math.min(until, before.untilMillis()));
        duties.put(order.lease(), duty);
        Optional<Command.OrderDone> done = look(duty, nowMillis);
        boolean news = before == null || before.order().number() != order.number();
        return done.isPresent() || !news
                ? done
                : Optional.of(new Command.OrderDone(
                        order.number(),
                        OrderOutcome.NOT_YET,
                        clipped(window.path() + " is open in " + users(window.path()))));
    }

    /** What has come to its end since; whether the card lives makes no difference to it. */
    List<Command.OrderDone> look(long nowMillis) throws ControlException {
        List<Command.OrderDone> outcomes = new ArrayList<>();
        for (Duty duty : List.copyOf(duties.values())) {
            look(duty, nowMillis).ifPresent(outcomes::add);
        }
        return outcomes;
    }

    boolean isIdle() {
        return duties.isEmpty();
    }

    /** Refuses to let a VM run on that was stopped since it has a window open that is gone. */
    void requireMayRun(String vm) throws ControlException {
        Path window = stopped.get(vm);
        if (window != null && users(window).contains(vm)) {
            throw new ControlException(vm + " was stopped: it has " + window + " open, which is gone; end it");
        }
        stopped.remove(vm);
    }

    private Optional<Command.OrderDone> look(Duty duty, long nowMillis) throws ControlException {
        List<String> users = users(duty.window());
        if (!users.isEmpty() && nowMillis < duty.untilMillis()) {
            return Optional.empty();
        }
        for (String vm : users) {
            host.stop(vm);
            stopped.put(vm, duty.window());
        }
        duties.remove(duty.order().lease());
        return Optional.of(done(duty.order(), users.isEmpty() ? "" : "stopped " + users));
    }

    private void requireUnused(Path window) throws ControlException {
        List<String> users = users(window);
        if (!users.isEmpty()) {
            throw new ControlException(window + " is open in " + users);
        }
        try {
            if (Windows.usedPages(window) > 0) {
                throw new ControlException(window + " holds something");
            }
        } catch (IOException e) {
            throw new ControlException(window + " cannot be read: " + e.getMessage(), e);
        }
    }

    private List<String> users(Path window) throws ControlException {
        List<String> users = new ArrayList<>();
        for (String vm : host.vms()) {
            for (long process : host.processes(vm)) {
                if (openFiles.has(process, window)) {
                    users.add(vm);
                    break;
                }
            }
        }
        return users;
    }

    private static Command.OrderDone done(HostOrder.LetGo order, String detail) {
        return new Command.OrderDone(order.number(), OrderOutcome.DONE, clipped(detail));
    }

    private static String clipped(String text) {
        return text.substring(0, Math.min(text.length(), LeaseView.MAX_REASON_CHARS));
    }
}
