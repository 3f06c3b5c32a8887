"""Words that stand beside one-time codes, and those beside numbers that are none, in six languages."""

from __future__ import annotations

import re


def _any(words: str) -> str:
    return "|".join(word.replace("_", r"[\s-]?") for word in words.split())


# What a code is called: English, German, French, Spanish, Japanese, Chinese in both scripts. Longer words come
# first, since the first alternative that fits is taken.
_CODE = _any(
    r"""
    verification_codes? verification_pin confirmation_codes? security_codes? access_codes? login_codes?
    sign_in_codes? authenti(?:cation|cator|city)_codes? activation_codes?
    one_time_(?:codes?|passwords?|passcodes?|pins?) pass_?codes? temporary_passwords? verify_codes? otp tan
    pins? tokens? codes? bestätigungs-?codes? sicherheits-?codes? verifizierungs-?codes? prüf-?codes?
    zugangs-?codes? anmelde-?codes? freischalt-?codes? aktivierungs-?codes?
    einmal-?(?:codes?|passw[oö]rt|kennw[oö]rt|pin) geheimzahl mtan
    codes?_de_(?:vérification|confirmation|sécurité|connexion|validation)
    codes?_d['’](?:accès|activation|authentification) codes?_à_usage_unique
    mot_de_passe_(?:à_usage_unique|temporaire) jeton
    códigos?_de_(?:verificación|confirmación|seguridad|acceso|activación) código_de_un_solo_uso
    contraseña_de_un_solo_uso contraseña_temporal clave_(?:de_acceso|temporal|dinámica) códigos? clave
    認証コード 確認コード 検証コード 認証番号 確認番号 セキュリティコード ワンタイムパスワード ワンタイムコード
    暗証番号 ログインコード 承認コード コード パスコード 动态验证码 验证码 驗證碼 校验码 校驗碼 确认码 確認碼
    安全码 安全碼 动态密码 動態密碼 一次性密码 一次性密碼 登录码 登入碼 动态码 认证码 認證碼 激活码 提取码
    """
)
# What other numbers are called; also codes that are for something else.
_OTHER = _any(
    r"""
    order_(?:number|no|id|code)? invoices? receipts? reference_?(?:number|no|code|id)? ref
    customer_(?:number|id|no) account_(?:number|no|id)? ticket_?(?:number|no|id)? tracking_(?:number|code|id)
    case_(?:number|id) booking_(?:number|code|reference) parcel_(?:number|id)? phone telephone tel fax call_us
    extension ext room zip_codes? zip post(?:al)?_?codes? discount_codes? promo(?:tion)?(?:al)?_codes?
    coupon_?codes? voucher_?codes? gift_codes? referral_codes? country_codes? source_codes? error_codes?
    status_codes? product_codes? item_(?:number|no|code) sku isbn vat_?(?:id|number)? iban bic swift_codes?
    copyright ending_in ends_in card_number version build bestell(?:ung|nummer|-?nr)? rechnung(?:snummer|s-?nr)?
    auftrag(?:snummer|s-?nr)? kunden(?:nummer|-?nr) vorgangs(?:nummer|-?nr) sendungs(?:nummer|verfolgung)
    konto(?:nummer)? ticketnummer aktenzeichen referenz(?:nummer)? telefon hotline rufnummer plz postleitzahl
    gutschein-?codes? rabatt-?codes? aktions-?codes? steuernummer ust-?id handelsregister hrb
    artikel(?:nummer|-?nr) zimmer fehlercode commande facture
    numéro_de_(?:commande|client|facture|suivi|dossier|téléphone) n°_de_(?:commande|client|facture) référence
    réf téléphone tél codes?_(?:postal|promo(?:tionnel)?|de_réduction|barre|cadeau) siret siren rcs dossier
    pedido factura número_de_(?:pedido|cliente|factura|seguimiento|teléfono|cuenta) referencia teléfono
    códigos?_(?:postal|promocional|de_descuento|de_barras|de_regalo) nif cif 注文番号 ご注文番号 請求書番号
    お客様番号 会員番号 伝票番号 追跡番号 受付番号 予約番号 電話番号 電話 郵便番号 商品コード クーポンコード
    割引コード 金額 合計 订单号 订单编号 訂單編號 訂單號碼 订单 發票號碼 发票号 客户编号 快递单号 运单号 运单
    流水号 电话 電話 客服热线 热线 邮编 优惠码 優惠碼 折扣码 金额 合计 尾号 末尾 型号 编号
    """
)
# Inside a word of letters neither counts: `pin` in `shipping`, `tan` in `important`. CJK has no such borders.
LABEL = re.compile(
    rf"(?<![a-zà-ÿ])(?:(?P<other>{_OTHER})|(?P<code>{_CODE}))(?![a-zà-ÿ])",
    re.IGNORECASE,
)
