// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.receive;

import com.google.protobuf.Descriptors.Descriptor;
import dev.ledgerline.event.Intake;
import dev.ledgerline.otel.Signal;
import dev.ledgerline.otel.receive.WireMessages.MalformedException;
import io.opentelemetry.proto.common.v1.InstrumentationScope;
import io.opentelemetry.proto.resource.v1.Resource;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Takes an export in protobuf apart. Only what holds the items is read at once; an item is written
 * when its record is asked for. An item that cannot be read becomes a record that holds its bytes
 * in base64 where the item would be, so that it is rejected alone and kept.
 */
final class WireExport {
  /** Numbers of fields, the same for all signals. */
  private static final int GROUPS = 1;

  private static final int HEAD = 1;
  private static final int MEMBERS = 2;
  private static final int SCHEMA_URL = 3;

  private final Signal signal;
  private final byte[] body;
  private final Shape.Book shapes;
  private final JsonBytes out = new JsonBytes(4 << 10);
  private final WireMessages messages;
  private final ExportRecords records = new ExportRecords();

  private WireExport(Signal signal, byte[] body, Shape.Book shapes) {
    this.signal = signal;
    this.body = body;
    this.shapes = shapes;
    this.messages = new WireMessages(body, out);
  }

  static ExportRecords read(Signal signal, byte[] body, int length, Shape.Book shapes)
      throws UnreadableExportException {
    WireExport export = new WireExport(signal, body, shapes);
    try {
      export.messages.walk(
          0,
          length,
          (number, begin, end) -> {
            if (number == GROUPS) {
              export.resourceGroup(begin, end);
            }
          });
    } catch (MalformedException e) {
      throw new UnreadableExportException("The body is no protobuf: " + e.getMessage(), e);
    }
    return export.records;
  }

  /** What stands beside the members of a group, which may come behind them. */
  private static final class Group {
    private int begin;
    private int end;
    private boolean hasHead;
    private String schemaUrl = "";
    private final List<int[]> members = new ArrayList<>();
  }

  private Group group(int from, int to) throws MalformedException {
    Group group = new Group();
    messages.walk(
        from,
        to,
        (number, begin, end) -> {
          switch (number) {
            case HEAD -> {
              group.hasHead = true;
              group.begin = begin;
              group.end = end;
            }
            case MEMBERS -> group.members.add(new int[] {begin, end});
            case SCHEMA_URL ->
                group.schemaUrl = new String(body, begin, end - begin, StandardCharsets.UTF_8);
            default -> {}
          }
        });
    return group;
  }

  private void resourceGroup(int from, int to) throws MalformedException {
    Group group = group(from, to);
    byte[] resource = group.hasHead ? json(Resource.getDescriptor(), group) : null;
    for (int[] scopes : group.members) {
      Group scope = group(scopes[0], scopes[1]);
      byte[] head =
          RecordHead.of(
              signal,
              resource,
              group.schemaUrl,
              scope.hasHead ? json(InstrumentationScope.getDescriptor(), scope) : null,
              scope.schemaUrl);
      records.add(head, new Items(scope.members));
    }
  }

  private byte[] json(Descriptor type, Group group) throws MalformedException {
    out.backTo(0);
    messages.write(shapes.of(type), group.begin, group.end);
    return out.toByteArray();
  }

  private final class Items implements ExportRecords.Items {
    private final List<int[]> items;

    Items(List<int[]> items) {
      this.items = items;
    }

    @Override
    public int count() {
      return items.size();
    }

    @Override
    public int bytes(int index) {
      int[] item = items.get(index);
      return item[1] - item[0];
    }

    @Override
    public Intake.Item item(int index) {
      int[] item = items.get(index);
      out.backTo(0);
      Intake.Tree tree = null;
      try {
        tree = messages.write(shapes.of(signal.item().getDescriptorForType()), item[0], item[1]);
      } catch (MalformedException e) {
        out.backTo(0);
        out.base64(body, item[0], item[1]);
      }
      return new Intake.Item(out.toByteArray(), tree);
    }
  }
}
