package org.rackweave.sim.withstand;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.rackweave.daemon.lease.Leg;
import org.rackweave.daemon.lease.LoanRow;
import org.rackweave.daemon.lease.SliceRow;
import org.rackweave.daemon.ledger.Ledger;
import org.rackweave.daemon.ledger.LedgerException;
import org.rackweave.daemon.ledger.StateDirectory;
import org.rackweave.hal.HalException;
import org.rackweave.hal.nativelinux.BootClock;
import org.rackweave.protocol.message.SliceId;
import org.rackweave.protocol.message.SliceState;

/**
 * What must hold of a rack whose daemons are all dead, whenever they died: its ledgers, the routes that its hardware keeps, and
 * the windows that its hosts see, held against each other.
 */
final class RackInvariants {
    private static final Pattern ROUTE = Pattern.compile("(?:bound (?<host>\\S+)|unbound) (?<epoch>[0-9]+)\\s*");
    private static final Set<SliceState> MAY_BE_BOUND = EnumSet.of(
            SliceState.CONFIGURING, SliceState.ACTIVE, SliceState.OVERDUE, SliceState.RECLAIMING, SliceState.FENCING);

    private final TrialRack rack;
    private final BootClock clock;
    private final List<String> broken = new ArrayList<>();
    private final Map<SliceState, Integer> seen = new EnumMap<>(SliceState.class);

    RackInvariants(TrialRack rack) {
        this.rack = rack;
        try {
            this.clock = BootClock.open();
        } catch (HalException e) {
            throw new AssertionError(e);
        }
    }

    /** By the clock that terms are counted with. */
    long nowMillis() {
        return clock.bootMillis();
    }

    /** How many slices were found in each state so far. */
    Map<SliceState, Integer> seen() {
        return Map.copyOf(seen);
    }

    /** What does not hold, a sentence each. */
    List<String> broken(long diedMillis) {
        broken.clear();
        Map<SliceId, SliceRow> owned = new HashMap<>();
        Map<String, List<LoanRow>> borrowed = new HashMap<>();
        for (String name : rack.names()) {
            readLedger(name, owned, borrowed);
        }
        for (String name : rack.names()) {
            owned.forEach((id, row) -> {
                if (id.owner().equals(rack.id(name))) {
                    slice(name, row);
                }
            });
        }
        borrowed.forEach((name, loans) -> loans.forEach(loan -> loan(name, loan, owned, diedMillis)));
        return List.copyOf(broken);
    }

    /** From a copy: what a look at it leaves behind must not be what the next daemon finds. */
    private void readLedger(String name, Map<SliceId, SliceRow> owned, Map<String, List<LoanRow>> borrowed) {
        try {
            Path copy = rack.scratch("copy-of-" + name);
            try (Stream<Path> old = Files.list(copy)) {
                for (Path each : old.toList()) {
                    Files.delete(each);
                }
            }
            try (Stream<Path> files = Files.list(rack.state(name))) {
                for (Path each : files.toList()) {
                    Files.copy(each, copy.resolve(each.getFileName()), StandardCopyOption.REPLACE_EXISTING);
                }
            }
            try (StateDirectory state = StateDirectory.take(copy);
                    Ledger ledger = Ledger.open(state, 1L << 30)) {
                ledger.verify().forEach(problem -> broken.add("ledger of " + name + ": " + problem));
                ledger.slices()
                        .forEach(row ->
                                owned.put(new SliceId(rack.id(name), row.facts().key()), row));
                borrowed.put(name, ledger.loans());
            }
        } catch (LedgerException e) {
            broken.add("ledger of " + name + ": " + e.getMessage());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void slice(String owner, SliceRow row) {
        seen.merge(row.state(), 1, Integer::sum);
        String key = row.facts().key();
        String what = "slice " + owner + "/" + key + " is " + row.state().word() + " with epoch "
                + row.epoch().value();
        Matcher route = ROUTE.matcher(read(rack.hardware().route(owner, key)));
        if (!route.matches()) {
            broken.add(what + ", and its hardware has no route that can be read");
            return;
        }
        Optional<String> host = Optional.ofNullable(route.group("host"));
        long epoch = Long.parseLong(route.group("epoch"));
        if (host.isPresent()) {
            require(MAY_BE_BOUND.contains(row.state()), what + ", and bound to " + host.get());
            require(
                    row.holding().filter(h -> h.hostPort().equals(host.get())).isPresent(),
                    what + ", held by " + row.holding() + ", and bound to " + host.get());
            require(row.epoch().value() == epoch, what + ", and bound with epoch " + epoch);
        } else {
            require(row.state() != SliceState.ACTIVE, what + ", and bound to nobody");
            require(epoch <= row.epoch().value(), what + ", and its hardware has seen epoch " + epoch);
        }
        require(row.state() != SliceState.QUARANTINED, what + ": " + row.reason());
        List<String> hosts = rack.names().stream()
                .filter(name -> Files.exists(rack.hardware().window(name, owner, key)))
                .toList();
        require(hosts.size() <= 1, what + ", and seen by " + hosts);
        require(
                host.map(List::of).orElse(List.of()).containsAll(hosts),
                what + ", bound to " + host + ", seen by " + hosts);
        if (row.state() == SliceState.FREE) {
            require(row.holding().isEmpty(), what + ", and held by " + row.holding());
            require(isZero(rack.hardware().memory(owner, key)), what + ", and not all of it is zero");
        }
    }

    /** Who may still use a slice by its own reckoning is who holds it by its owner's. */
    private void loan(String borrower, LoanRow loan, Map<SliceId, SliceRow> owned, long diedMillis) {
        for (Leg leg : loan.legs()) {
            if (leg.state() != Leg.State.GRANTED || leg.deadlineMillis() <= diedMillis) {
                continue;
            }
            SliceRow row = owned.get(leg.slice().id());
            require(
                    row != null
                            && row.epoch().equals(leg.epoch())
                            && row.holding()
                                    .filter(h -> h.lease().equals(leg.lease()))
                                    .isPresent(),
                    borrower + " may use " + leg.slice().id() + " with epoch "
                            + leg.epoch().value() + " for " + (leg.deadlineMillis() - diedMillis)
                            + " ms more, and its owner says " + row);
        }
    }

    private void require(boolean holds, String otherwise) {
        if (!holds) {
            broken.add(otherwise);
        }
    }

    private static boolean isZero(Path memory) {
        try {
            for (byte each : Files.readAllBytes(memory)) {
                if (each != 0) {
                    return false;
                }
            }
            return true;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
