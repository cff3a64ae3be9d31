//! The documented error codes, and `ApiError`: one error before it is written as a response.

/// The documented codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Code {
    AuthenticationFailed,
    TokenExpired,
    InsufficientPermissions,
    ValidationError,
    InvalidFieldFormat,
    InvalidDocumentFormat,
    ResourceNotFound,
    ResourceConflict,
    DuplicateResource,
    RateLimitExceeded,
    VerificationFailed,
    DocumentQualityInsufficient,
    InternalServerError,
    ServiceUnavailable,
    WebhookSignatureInvalid,
    WebhookDeliveryFailed,
}

impl Code {
    /// The code as written in a response.
    pub(crate) fn name(self) -> &'static str {
        self.row().0
    }

    /// The documented status of the code. The page gives none for WEBHOOK_DELIVERY_FAILED.
    pub(crate) fn status(self) -> u16 {
        self.row().1
    }

    /// The documented message.
    pub(crate) fn message(self) -> &'static str {
        self.row().2
    }

    fn row(self) -> (&'static str, u16, &'static str) {
        use Code::*;
        match self {
            AuthenticationFailed => ("AUTHENTICATION_FAILED", 401, "Authentication failed"),
            TokenExpired => ("TOKEN_EXPIRED", 401, "JWT token has expired"),
            InsufficientPermissions => ("INSUFFICIENT_PERMISSIONS", 403, "Insufficient permissions for this operation"),
            ValidationError => ("VALIDATION_ERROR", 400, "Invalid request parameters"),
            InvalidFieldFormat => ("INVALID_FIELD_FORMAT", 422, "Invalid field format"),
            InvalidDocumentFormat => ("INVALID_DOCUMENT_FORMAT", 422, "Invalid document format"),
            ResourceNotFound => ("RESOURCE_NOT_FOUND", 404, "Resource not found"),
            ResourceConflict => ("RESOURCE_CONFLICT", 409, "Resource conflict"),
            DuplicateResource => ("DUPLICATE_RESOURCE", 409, "Resource already exists"),
            RateLimitExceeded => ("RATE_LIMIT_EXCEEDED", 429, "Too many requests"),
            VerificationFailed => ("VERIFICATION_FAILED", 422, "Verification failed"),
            DocumentQualityInsufficient => ("DOCUMENT_QUALITY_INSUFFICIENT", 422, "Document quality insufficient"),
            InternalServerError => ("INTERNAL_SERVER_ERROR", 500, "An unexpected error occurred"),
            ServiceUnavailable => ("SERVICE_UNAVAILABLE", 503, "Service temporarily unavailable"),
            WebhookSignatureInvalid => ("WEBHOOK_SIGNATURE_INVALID", 401, "Webhook signature verification failed"),
            WebhookDeliveryFailed => ("WEBHOOK_DELIVERY_FAILED", 500, "Failed to deliver webhook"),
        }
    }
}

/// One error, before it is written as a response.
#[derive(Clone, Debug)]
pub(crate) struct ApiError {
    pub(crate) code: Code,
    pub(crate) status: u16,
    pub(crate) message: String,
    pub(crate) details: Option<String>,
    pub(crate) field: Option<String>,
    pub(crate) retry_after: Option<u64>,
}

impl ApiError {
    pub(crate) fn new(code: Code) -> Self {
        Self {
            code,
            status: code.status(),
            message: code.message().to_owned(),
            details: None,
            field: None,
            retry_after: None,
        }
    }

    /// INTERNAL_SERVER_ERROR. `respond` adds the details, which name the request id.
    pub(crate) fn internal() -> Self {
        Self::new(Code::InternalServerError)
    }

    /// VALIDATION_ERROR for one field.
    pub(crate) fn invalid(field: &str, details: impl Into<String>) -> Self {
        Self::new(Code::ValidationError).details(details).field(field)
    }

    /// INVALID_FIELD_FORMAT for one field.
    pub(crate) fn format(field: &str, details: impl Into<String>) -> Self {
        Self::new(Code::InvalidFieldFormat).details(details).field(field)
    }

    /// RESOURCE_NOT_FOUND for one kind of resource.
    pub(crate) fn not_found(kind: &str, id: &str) -> Self {
        Self::new(Code::ResourceNotFound)
            .message(format!("{kind} not found"))
            .details(format!("{kind} with ID '{}' does not exist", shortened(id)))
    }

    pub(crate) fn message(mut self, message: impl Into<String>) -> Self {
        self.message = message.into();
        self
    }

    pub(crate) fn details(mut self, details: impl Into<String>) -> Self {
        self.details = Some(details.into());
        self
    }

    pub(crate) fn field(mut self, field: &str) -> Self {
        self.field = Some(field.to_owned());
        self
    }

    pub(crate) fn without_field(mut self) -> Self {
        self.field = None;
        self
    }

    pub(crate) fn status(mut self, status: u16) -> Self {
        self.status = status;
        self
    }

    /// The same fault under another code, with that code's status.
    pub(crate) fn code(mut self, code: Code) -> Self {
        self.code = code;
        self.status(code.status())
    }
}

/// A text of limited length, to quote in an error.
pub(crate) fn shortened(text: &str) -> String {
    const LONGEST: usize = 120;
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
