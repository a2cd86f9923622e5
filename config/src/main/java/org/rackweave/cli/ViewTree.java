package org.rackweave.cli;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Function;
import org.rackweave.protocol.message.Answer;
import org.rackweave.protocol.message.AuditRow;
import org.rackweave.protocol.message.CounterView;
import org.rackweave.protocol.message.DemandView;
import org.rackweave.protocol.message.EventView;
import org.rackweave.protocol.message.LeaseView;
import org.rackweave.protocol.message.LinePlace;
import org.rackweave.protocol.message.LoanView;
import org.rackweave.protocol.message.NodeView;
import org.rackweave.protocol.message.Requirement;
import org.rackweave.protocol.message.SliceId;
import org.rackweave.protocol.message.SlicePlace;
import org.rackweave.protocol.message.SliceView;
import org.rackweave.protocol.message.WantView;
import org.rackweave.protocol.message.WipeCertificate;

/**
 * What daemons answer, as trees for JSON and YAML. The names are an interface to other people's scripts: in camel case,
 * units last, never renamed. What is not known is a name that is not there.
 */
final class ViewTree {
    private ViewTree() {}

    static <T> List<Object> list(Collection<T> views, Function<T, Map<String, Object>> tree) {
        List<Object> list = new ArrayList<>();
        views.forEach(view -> list.add(tree.apply(view)));
        return list;
    }

    static Map<String, Object> description(Answer.Description description) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("self", node(description.self()));
        tree.put("software", description.software());
        tree.put("hardware", description.hardware());
        tree.put("simulated", description.simulated());
        tree.put("uptimeMillis", description.uptimeMillis());
        tree.put("lends", description.lending().isEmpty());
        if (!description.lending().isEmpty()) {
            tree.put("notLendingReason", description.lending());
        }
        return tree;
    }

    static Map<String, Object> node(NodeView node) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("id", node.id().toString());
        tree.put("name", node.name());
        tree.put("liveness", node.liveness());
        tree.put("bootEpoch", node.bootEpoch());
        tree.put("endpoint", node.endpoint());
        tree.put("version", node.version());
        tree.put("silentMillis", node.silentMillis());
        tree.put("capacity", list(node.capacity(), ViewTree::capacity));
        return tree;
    }

    private static Map<String, Object> capacity(NodeView.Capacity capacity) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("kind", capacity.kind().word());
        tree.put("unit", capacity.kind().unit());
        tree.put("total", capacity.total());
        tree.put("free", capacity.free());
        tree.put("largest", capacity.largest());
        return tree;
    }

    static Map<String, Object> slice(SliceView slice) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("slice", sliceId(slice.id()));
        tree.put("kind", slice.kind().word());
        tree.put("amount", slice.amount());
        tree.put("unit", slice.kind().unit());
        tree.put("capabilities", new ArrayList<>(new TreeSet<>(slice.capabilities())));
        if (!slice.configurations().isEmpty()) {
            tree.put("configurations", new ArrayList<>(new TreeSet<>(slice.configurations())));
        }
        if (!slice.place().equals(SlicePlace.UNKNOWN)) {
            tree.put("fabric", slice.place().fabric());
            tree.put("device", slice.place().device());
            tree.put("latency", slice.place().latency().word());
        }
        tree.put("state", slice.state().word());
        tree.put("epoch", slice.epoch().value());
        tree.put("forcedEnd", slice.forcedEnd().word());
        tree.put("fence", slice.fence().word());
        slice.holder().ifPresent(holder -> tree.put("holder", holder.toString()));
        slice.lease().ifPresent(lease -> tree.put("lease", lease.toString()));
        tree.put("reason", slice.reason());
        if (!slice.place().fabric().isEmpty()) {
            tree.put("fabric", slice.place().fabric());
        }
        if (!slice.place().device().isEmpty()) {
            tree.put("device", slice.place().device());
        }
        tree.put("latency", slice.place().latency().word());
        tree.put("configurations", new ArrayList<>(new TreeSet<>(slice.configurations())));
        slice.heldAtPriority().ifPresent(priority -> tree.put("heldAtPriority", priority));
        return tree;
    }

    static Map<String, Object> lease(LeaseView lease) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("id", lease.id().toString());
        tree.put("loan", lease.loan().toString());
        tree.put("slice", sliceId(lease.slice()));
        tree.put("borrower", lease.borrower().toString());
        tree.put("state", lease.state().word());
        tree.put("epoch", lease.epoch().value());
        tree.put("kind", lease.kind().word());
        tree.put("amount", lease.amount());
        tree.put("unit", lease.kind().unit());
        lease.configuration().ifPresent(configuration -> tree.put("configuration", configuration));
        tree.put("priority", lease.priority());
        tree.put("termMillis", lease.termMillis());
        tree.put("remainingMillis", lease.remainingMillis());
        tree.put("forcedEnd", lease.forcedEnd().word());
        tree.put("fence", lease.fence().word());
        lease.attachment().ifPresent(attachment -> {
            Map<String, Object> inner = new LinkedHashMap<>();
            inner.put("kind", attachment.kind());
            inner.put("address", attachment.address());
            inner.put("lengthBytes", attachment.lengthBytes());
            tree.put("attachment", inner);
        });
        lease.wipe().ifPresent(wipe -> tree.put("wipe", wipe(wipe)));
        tree.put("reason", lease.reason());
        lease.configuration().ifPresent(configuration -> tree.put("configuration", configuration));
        return tree;
    }

    static Map<String, Object> wipe(WipeCertificate wipe) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("method", wipe.method());
        tree.put("wipedBytes", wipe.wipedBytes());
        tree.put("verifiedBytes", wipe.verifiedBytes());
        tree.put("epoch", wipe.epoch().value());
        wipe.proof().ifPresent(proof -> tree.put("proof", proof.toString()));
        return tree;
    }

    static Map<String, Object> loan(LoanView loan) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("id", loan.id().toString());
        tree.put("state", loan.state().word());
        tree.put("requirement", requirement(loan.requirement()));
        tree.put("leases", list(loan.leases(), ViewTree::lease));
        tree.put("explanation", loan.explanation());
        loan.place().ifPresent(place -> tree.put("place", place(place)));
        return tree;
    }

    private static Map<String, Object> place(LinePlace place) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("place", place.place());
        tree.put("of", place.of());
        tree.put("coming", place.coming());
        return tree;
    }

    static Map<String, Object> want(WantView want) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("loan", want.loan().toString());
        tree.put("borrower", want.borrower().toString());
        tree.put("requirement", requirement(want.requirement()));
        tree.put("amount", want.amount());
        tree.put("place", place(want.place()));
        tree.put("waitingMillis", want.waitingMillis());
        return tree;
    }

    static Map<String, Object> demand(DemandView demand) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("kind", demand.kind().word());
        tree.put("unit", demand.kind().unit());
        tree.put("total", demand.total());
        tree.put("free", demand.free());
        tree.put("held", demand.held());
        tree.put("wanted", demand.wanted());
        tree.put("waiting", demand.waiting());
        return tree;
    }

    private static Map<String, Object> requirement(Requirement requirement) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("kind", requirement.kind().word());
        tree.put("amount", requirement.amount());
        tree.put("unit", requirement.kind().unit());
        requirement.capability().ifPresent(capability -> tree.put("capability", capability));
        tree.put("termMillis", requirement.termMillis());
        tree.put("priority", requirement.priority());
        tree.put("worstForcedEnd", requirement.worstForcedEnd().word());
        requirement.from().ifPresent(from -> tree.put("from", from.toString()));
        tree.put("maxLenders", requirement.maxLenders());
        requirement.configuration().ifPresent(configuration -> tree.put("configuration", configuration));
        requirement.worstLatency().ifPresent(latency -> tree.put("worstLatency", latency.word()));
        tree.put("locality", requirement.locality().word());
        tree.put("leastAmount", requirement.leastAmount());
        return tree;
    }

    static Map<String, Object> event(EventView event) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("number", event.number());
        tree.put("atEpochMillis", event.atEpochMillis());
        tree.put("kind", event.kind());
        tree.put("subject", event.subject());
        tree.put("text", event.text());
        return tree;
    }

    static Map<String, Object> counter(CounterView counter) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("name", counter.name());
        tree.put("value", counter.value());
        tree.put("sentence", counter.sentence());
        return tree;
    }

    static Map<String, Object> auditRow(AuditRow row) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("number", row.number());
        tree.put("atEpochMillis", row.atEpochMillis());
        tree.put("actor", row.actor());
        tree.put("action", row.action());
        tree.put("subject", row.subject());
        tree.put("detail", row.detail());
        tree.put("hash", row.hash());
        return tree;
    }

    static Map<String, Object> sliceId(SliceId id) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("owner", id.owner().toString());
        tree.put("key", id.key());
        return tree;
    }
}
