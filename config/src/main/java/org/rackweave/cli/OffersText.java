package org.rackweave.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.rackweave.config.ByteSize;
import org.rackweave.config.Configuration;
import org.rackweave.hal.SliceKind;
import org.rackweave.hal.inventory.Inventory;
import org.rackweave.hal.policy.HardwareIdentity;
import org.rackweave.hal.policy.KeepRules;
import org.rackweave.hal.policy.LendingDecision;
import org.rackweave.hal.policy.LendingPolicy;
import org.rackweave.hal.policy.OfferableSlice;
import org.rackweave.hal.policy.WithheldSlice;

/** What of a machine a configuration would offer, and why not the rest. */
final class OffersText {
    private OffersText() {}

    static Shown of(Inventory inventory, Configuration.Lending lending, Table.Style style) {
        LendingDecision decision = decide(inventory, lending);
        Table table = new Table(style, "HARDWARE", "KIND", ">AMOUNT", "OFFERED");
        List<Object> rows = new ArrayList<>();
        for (OfferableSlice slice : decision.offered()) {
            table.row(slice.identity().value(), word(slice.kind()), amount(slice), "yes");
            Map<String, Object> row = row(slice.identity(), slice.kind());
            row.put("amount", slice.amount());
            row.put("capabilities", slice.capabilities().stream().sorted().toList());
            row.put("offered", true);
            rows.add(row);
        }
        for (WithheldSlice slice : decision.withheld()) {
            table.row(slice.identity().value(), word(slice.kind()), "-", slice.detail());
            Map<String, Object> row = row(slice.identity(), slice.kind());
            row.put("offered", false);
            row.put("reason", slice.reason().name().toLowerCase(Locale.ROOT).replace('_', '-'));
            row.put("detail", slice.detail());
            rows.add(row);
        }
        List<String> names = decision.offered().stream()
                .map(slice -> slice.identity().value())
                .toList();
        return new Shown(rows, names, table.toString());
    }

    /** Which hardware there is to be claimed, the policy itself says: it names everything that it withholds. */
    private static LendingDecision decide(Inventory inventory, Configuration.Lending lending) {
        KeepRules keep = new KeepRules(
                Math.toIntExact(lending.keep().cores()), lending.keep().memoryBytes(), Set.of(), Set.of());
        Set<HardwareIdentity> claimed = new LendingPolicy(keep, Set.of())
                .decide(inventory, Set.of()).withheld().stream()
                        .map(WithheldSlice::identity)
                        .filter(identity -> lending.isClaimed(identity.value()))
                        .collect(Collectors.toSet());
        return new LendingPolicy(keep, claimed).decide(inventory, Set.of());
    }

    private static Map<String, Object> row(HardwareIdentity identity, SliceKind kind) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("hardware", identity.value());
        row.put("kind", word(kind));
        return row;
    }

    private static String word(SliceKind kind) {
        return kind.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static String amount(OfferableSlice slice) {
        return slice.kind() == SliceKind.MEMORY ? ByteSize.format(slice.amount()) : Long.toString(slice.amount());
    }
}
