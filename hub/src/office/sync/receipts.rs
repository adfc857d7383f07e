//! Receipts: what this hub has acknowledged, under the office's key. One for what is not here shows that the hub was
//! rewound: an old folder was put back, or its machine was set back. No phone can make one, and an old one says nothing new.

use crate::{
    Hub, HubError,
    db::{
        Read, Tx, acknowledged,
        devices::{self, Device},
        offices,
    },
    identity::new_epoch,
    office::{keys, roles},
};
use wire::receipt::{Acknowledged, Receipt};

/// For what `read` sees: all of it is durable, or will be before the answer goes.
pub fn issue(hub: &Hub, read: &Read, device: &Device) -> Result<Receipt, HubError> {
    let (count, mark) = acknowledged::newest(read)?;
    let statement = Acknowledged {
        v: wire::VERSION,
        hub: hub.identity.hub,
        epoch: offices::epoch(read)?,
        device: device.id,
        received_through: devices::chain(read, device.id)?.next_seq - 1,
        count,
        mark,
    };
    Ok(Receipt::issue(&statement, &keys::for_receipts(read)?)?)
}

/// What a receipt says that this hub gave to this device.
pub fn verify(
    hub: &Hub,
    read: &Read,
    device: &Device,
    receipt: &Receipt,
) -> Result<Option<Acknowledged>, HubError> {
    let shown = keys::said(read, receipt)?;
    Ok(shown.filter(|shown| shown.hub == hub.identity.hub && shown.device == device.id))
}

/// If it is of this epoch and what it names is not here, a new epoch begins: phones read again and bring what is lacking.
pub fn compare(hub: &Hub, tx: &Tx, shown: &Acknowledged) -> Result<(), HubError> {
    if shown.epoch != offices::epoch(tx)? || acknowledged::mark(tx, shown.count)? == Some(shown.mark) {
        return Ok(());
    }
    let (count, _) = acknowledged::newest(tx)?;
    tracing::error!(
        device = %shown.device,
        received_through = shown.received_through,
        acknowledged = shown.count,
        here = count,
        "this hub was rewound: a new epoch begins, and phones bring what it lacks"
    );
    offices::begin_epoch(tx, &new_epoch()?)?;
    offices::set_rewound(tx)?;
    roles::say_all(hub, tx)
}
